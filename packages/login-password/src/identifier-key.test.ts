import { createIdentifierKey } from './identifier-key.js';
import { openStore, secret, testRuntime } from '../test/host.js';

const newer = 'second-secret-of-the-password-test';

async function keyed(secrets: readonly string[], store = openStore()) {
  return createIdentifierKey(await testRuntime({ secrets, store: await store }));
}

describe('the key of identifiers', () => {
  it('is agreed by processes that start at the same time', async () => {
    const store = await openStore();
    const processes = await Promise.all(
      [1, 2, 3].map(() => keyed([secret], Promise.resolve(store))),
    );
    const values = await Promise.all(processes.map((of) => of('ada')));
    expect(new Set(values).size).toBe(1);
    expect((await store.list('PasswordKey', 'all', { now: 0 })).records).toHaveLength(1);
  });

  it('is another one in another store, and lies there sealed', async () => {
    const store = await openStore();
    const value = await (await keyed([secret], Promise.resolve(store)))('ada');
    await expect((await keyed([secret]))('ada')).resolves.not.toBe(value);
    const [record] = (await store.list('PasswordKey', 'all', { now: 0 })).records;
    expect(record?.payload).not.toContain(value);
  });

  it('outlives the secret under which it was made, once both were listed', async () => {
    const store = Promise.resolve(await openStore());
    const value = await (await keyed([secret], store))('ada');
    await expect((await keyed([newer, secret], store))('ada')).resolves.toBe(value);
    await expect((await keyed([newer], store))('ada')).resolves.toBe(value);
  });

  it('names the lost secret, and goes on when it is back', async () => {
    const store = Promise.resolve(await openStore());
    const value = await (await keyed([secret], store))('ada');
    await expect((await keyed([newer], store))('ada')).rejects.toMatchObject({
      code: 'ERR_SECRET_WRONG',
    });
    await expect((await keyed([newer, secret], store))('ada')).resolves.toBe(value);
  });

  it('is read again after an outage', async () => {
    const runtime = await testRuntime();
    const { find } = runtime.store;
    let broken = true;
    const store = {
      ...runtime.store,
      find: (...args: Parameters<typeof find>) =>
        broken ? Promise.reject(new Error('no database')) : find(...args),
    };
    const of = createIdentifierKey({ ...runtime, store });
    await expect(of('ada')).rejects.toThrow('no database');
    broken = false;
    await expect(of('ada')).resolves.toMatch(/^[\w-]{43}$/);
  });
});
