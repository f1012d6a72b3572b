import type { Store } from '@gatehouse/core';
import { countingHasher, testRuntime } from '../test/host.js';
import { PasswordError } from './password-error.js';
import { createPasswords, type PasswordsOptions } from './passwords.js';

async function setUp(options: PasswordsOptions = {}) {
  const runtime = await testRuntime();
  const hasher = countingHasher();
  return { runtime, hasher, passwords: createPasswords(runtime, { hasher, ...options }) };
}

async function everythingIn(store: Store): Promise<string> {
  const kinds = ['Password', 'PasswordKey', 'PasswordPlace'];
  const pages = await Promise.all(kinds.map((kind) => store.list(kind, 'all', { now: 0 })));
  return JSON.stringify(pages);
}

describe('managed passwords', () => {
  it('answer the account id when identifier and password are right', async () => {
    const { passwords } = await setUp();
    await passwords.set('a1', 'Ada@Example.com', 'correct horse');
    await expect(passwords.verify('ada@example.com ', 'correct horse')).resolves.toBe('a1');
    await expect(passwords.verify('ada@example.com', 'wrong horse')).resolves.toBeUndefined();
    await expect(passwords.verify('bob@example.com', 'correct horse')).resolves.toBeUndefined();
  });

  it('cost one hash for an unknown identifier, as for a wrong password', async () => {
    const { passwords, hasher } = await setUp();
    await passwords.set('a1', 'ada', 'correct horse');
    const workOf = async (identifier: string, password: string) => {
      hasher.work.length = 0;
      await passwords.verify(identifier, password);
      return [...hasher.work];
    };
    expect(await workOf('ada', 'wrong horse')).toEqual(['verify']);
    expect(await workOf('nobody', 'wrong horse')).toEqual(['verify']);
    expect(await workOf('ada', 'correct horse')).toEqual(['verify']);
  });

  it('leave neither identifier nor password in the store', async () => {
    const runtime = await testRuntime();
    const passwords = createPasswords(runtime);
    await passwords.set('a1', 'ada@example.com', 'correct horse');
    const stored = await everythingIn(runtime.store);
    expect(stored).not.toMatch(/ada|example\.com|horse/);
    expect(stored).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    await expect(passwords.verify('ada@example.com', 'correct horse')).resolves.toBe('a1');
  });

  it('take a password in any Unicode form, and tell NUL and case apart', async () => {
    const { passwords } = await setUp();
    await passwords.set('a1', 'ada', 'cafe\u0301 \0 au lait');
    await expect(passwords.verify('ada', 'caf\u00e9\u00a0\0 au lait')).resolves.toBe('a1');
    await expect(passwords.verify('ada', 'Caf\u00e9 \0 au lait')).resolves.toBeUndefined();
    await expect(passwords.verify('ada', 'caf\u00e9 ')).resolves.toBeUndefined();
  });

  it('refuse a password of a megabyte without work', async () => {
    const { passwords, hasher } = await setUp();
    const huge = 'x'.repeat(1_000_000);
    await expect(passwords.verify('ada', huge)).resolves.toBeUndefined();
    await expect(passwords.change('a1', huge, 'correct horse')).resolves.toBe(false);
    await expect(passwords.set('a1', 'ada', huge)).rejects.toMatchObject({ code: 'too_long' });
    expect(hasher.work).toEqual([]);
  });

  it('refuse a new password that is too short in characters', async () => {
    const { passwords } = await setUp();
    await expect(passwords.set('a1', 'ada', '1234567')).rejects.toMatchObject({
      code: 'too_short',
    });
    await expect(passwords.set('a1', 'ada', '🐎🐎🐎🐎')).rejects.toMatchObject({
      code: 'too_short',
    });
    await expect(passwords.set('a1', 'ada', '12345678')).resolves.toBeUndefined();
  });

  it('give an identifier to one account only', async () => {
    const { passwords } = await setUp();
    await passwords.set('a1', 'ada', 'correct horse');
    await passwords.set('b2', 'bob', 'battery staple');
    const taken = { code: 'identifier_taken' };
    await expect(passwords.set('b2', 'ADA', 'battery staple')).rejects.toMatchObject(taken);
    await expect(passwords.set('c3', 'ada', 'battery staple')).rejects.toMatchObject(taken);
    await expect(passwords.changeIdentifier('b2', 'ada')).rejects.toMatchObject(taken);
    await expect(passwords.verify('bob', 'battery staple')).resolves.toBe('b2');
    await expect(passwords.set('b2', '  ', 'battery staple')).rejects.toMatchObject({
      code: 'identifier_invalid',
    });
  });

  it('let exactly one of many take a free identifier', async () => {
    const { passwords } = await setUp();
    const accounts = ['a', 'b', 'c', 'd', 'e'];
    const results = await Promise.allSettled(
      accounts.map((accountId) => passwords.set(accountId, 'ada', 'correct horse')),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('replace identifier and password by set', async () => {
    const { passwords } = await setUp();
    await passwords.set('a1', 'ada', 'correct horse');
    await passwords.set('a1', 'countess', 'battery staple');
    await expect(passwords.verify('ada', 'correct horse')).resolves.toBeUndefined();
    await expect(passwords.verify('countess', 'battery staple')).resolves.toBe('a1');
    await passwords.set('b2', 'ada', 'correct horse');
    await expect(passwords.verify('ada', 'correct horse')).resolves.toBe('b2');
  });

  it('change the password for who knows the current one, and the identifier alone', async () => {
    const { passwords } = await setUp();
    await passwords.set('a1', 'ada', 'correct horse');
    await expect(passwords.change('a1', 'wrong horse', 'battery staple')).resolves.toBe(false);
    await expect(passwords.change('nobody', 'wrong horse', 'battery staple')).resolves.toBe(false);
    await expect(passwords.change('a1', 'correct horse', 'battery staple')).resolves.toBe(true);
    await expect(passwords.changeIdentifier('a1', 'countess')).resolves.toBe(true);
    await expect(passwords.changeIdentifier('nobody', 'no one')).resolves.toBe(false);
    await expect(passwords.verify('countess', 'battery staple')).resolves.toBe('a1');
  });

  it('let one of two changes at the same time win', async () => {
    const { passwords } = await setUp();
    await passwords.set('a1', 'ada', 'correct horse');
    const results = await Promise.all([
      passwords.change('a1', 'correct horse', 'battery staple'),
      passwords.change('a1', 'correct horse', 'staple battery'),
    ]);
    expect(results.sort()).toEqual([false, true]);
  });

  it('go away with remove', async () => {
    const { passwords } = await setUp();
    await passwords.set('a1', 'ada', 'correct horse');
    await passwords.remove('a1');
    await passwords.remove('a1');
    await expect(passwords.verify('ada', 'correct horse')).resolves.toBeUndefined();
  });

  it('are hashed anew at a login after the cost was raised', async () => {
    const runtime = await testRuntime();
    const hashIn = async () => (await runtime.store.find('Password', { id: 'a1' }, 0))?.payload;
    await createPasswords(runtime).set('a1', 'ada', 'correct horse');
    const raised = createPasswords(runtime, { hashing: { iterations: 3 } });
    await expect(raised.verify('ada', 'wrong horse')).resolves.toBeUndefined();
    expect(await hashIn()).toContain('m=19456,t=2,p=1');
    await expect(raised.verify('ada', 'correct horse')).resolves.toBe('a1');
    expect(await hashIn()).toContain('m=19456,t=3,p=1');
    await expect(raised.verify('ada', 'correct horse')).resolves.toBe('a1');
  });

  it('let a login pass when there is no room to hash anew', async () => {
    const { passwords, hasher } = await setUp();
    await passwords.set('a1', 'ada', 'correct horse');
    hasher.isOutdated = () => true;
    hasher.hash = () => Promise.reject(new PasswordError('busy', 'no room'));
    await expect(passwords.verify('ada', 'correct horse')).resolves.toBe('a1');
  });
});
