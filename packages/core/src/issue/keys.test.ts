import { memoryStore } from '@gatehouse/store-memory';
import { systemClock } from '../clock.js';
import { coreKinds } from '../engine/kinds.js';
import { createSecrets } from '../secrets.js';
import type { Store } from '../store.js';
import { loadSigningKeys } from './keys.js';

const old = 'the-old-secret-0123456789-abcdefghijkl';
const next = 'the-new-secret-0123456789-abcdefghijkl';
const algs: ReadonlySet<string> = new Set(['ES256']);

function load(store: Store, ...secrets: string[]): ReturnType<typeof loadSigningKeys> {
  return loadSigningKeys(undefined, algs, store, createSecrets(secrets), systemClock);
}

async function opened(): Promise<Store> {
  const store = memoryStore();
  await store.open?.(coreKinds);
  return store;
}

describe('loadSigningKeys', () => {
  it('makes keys once: all nodes that start together agree', async () => {
    const store = await opened();
    const nodes = await Promise.all(Array.from({ length: 10 }, () => load(store, old)));
    expect(new Set(nodes.map(({ jwks }) => JSON.stringify(jwks))).size).toBe(1);
  });

  it('keeps no private key in clear', async () => {
    const store = await opened();
    const { jwks } = await load(store, old);
    const { records } = await store.list('SigningKeys', 'all', { now: systemClock.now() });
    expect(JSON.stringify(records)).not.toContain(String(jwks.keys[0]?.d));
  });

  it('says so when no secret opens the stored keys, and makes no new ones', async () => {
    const store = await opened();
    await load(store, old);
    await expect(load(store, next)).rejects.toMatchObject({ code: 'ERR_SECRET_WRONG' });
    const { records } = await store.list('SigningKeys', 'all', { now: systemClock.now() });
    expect(records).toHaveLength(1);
  });

  it('seals the keys anew under the first secret, so that the old one can be dropped', async () => {
    const store = await opened();
    const first = await load(store, old);
    await load(store, next, old);
    const last = await load(store, next);
    expect(last.jwks).toEqual(first.jwks);
  });

  it('adds a key for an algorithm that comes later, and keeps the others', async () => {
    const store = await opened();
    const first = await load(store, old);
    const both = await loadSigningKeys(
      undefined,
      new Set(['ES256', 'EdDSA']),
      store,
      createSecrets([old]),
      systemClock,
    );
    expect(both.jwks.keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'EdDSA']);
    expect(both.jwks.keys).toContainEqual(first.jwks.keys[0]);
  });
});
