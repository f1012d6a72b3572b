import { memoryStore } from '@gatehouse/store-memory';
import { systemClock } from '../clock.js';
import { coreKinds } from '../engine/kinds.js';
import { createSecrets } from '../secrets.js';
import type { Store } from '../store.js';
import { loadPairwiseSalt } from './pairwise-salt.js';

const old = 'an-old-secret-of-the-unit-tests-0123456789ab';
const next = 'a-new-secret-of-the-unit-tests-0123456789abc';

let store: Store;
beforeEach(async () => {
  store = memoryStore();
  await store.open?.(coreKinds);
});

const load = (...secrets: string[]): Promise<Buffer> =>
  loadPairwiseSalt(store, createSecrets(secrets), systemClock);

const stored = async (): Promise<string> =>
  (await store.find('PairwiseSalt', { id: 'salt' }, systemClock.now()))?.payload ?? '';

test('is made once, and lies in the store under seal', async () => {
  const salt = await load(old);
  expect(salt).toHaveLength(32);
  expect(await load(old)).toEqual(salt);
  const payload = await stored();
  for (const encoding of ['base64url', 'base64', 'hex'] as const) {
    expect(payload).not.toContain(salt.toString(encoding));
    expect(Buffer.from(payload, 'base64url').includes(salt)).toBe(false);
  }
});

test('is one for all that need it first', async () => {
  const salts = await Promise.all([load(old), load(old), load(old)]);
  expect(new Set(salts.map((salt) => salt.toString('hex'))).size).toBe(1);
});

test('is sealed anew under the first secret, by whichever node is first', async () => {
  const salt = await load(old);
  const before = await stored();
  expect(await Promise.all([load(next, old), load(next, old)])).toEqual([salt, salt]);
  expect(await stored()).not.toBe(before);
  expect(await load(next)).toEqual(salt);
  await expect(load(old)).rejects.toThrow('none of the secrets opens the salt');
});

test('that is another record, or was changed, does not open', async () => {
  await load(old);
  const payload = `${(await stored()).slice(0, -2)}AA`;
  await store.commit([{ put: { kind: 'PairwiseSalt', id: 'salt', payload, keys: {} } }], 0);
  await expect(load(old)).rejects.toMatchObject({ code: 'ERR_SECRET_WRONG' });
});
