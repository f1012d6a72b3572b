import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  activeKid,
  endNodes,
  kidsOf,
  load,
  next,
  old,
  opened,
  tokenOf,
  verifies,
} from '../../test/key-nodes.js';
import { travel } from '../../test/travel.js';
import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import { systemClock } from '../clock.js';
import { createSecrets } from '../secrets.js';

afterEach(endNodes);

describe('the keys in the store', () => {
  it('are polled no more once they have stopped, so that the host can close its database', async () => {
    const store = await opened();
    let running = 0;
    const slowly = async <Result>(call: () => Promise<Result>): Promise<Result> => {
      running += 1;
      await delay(200);
      return call().finally(() => (running -= 1));
    };
    const keys = await load({
      ...store,
      find: (...args) => slowly(() => store.find(...args)),
      list: (...args) => slowly(() => store.list(...args)),
    });
    while (running === 0) await delay(1);
    await keys.stop();
    expect(running).toBe(0);
  });

  it('are made once: all nodes that start together agree', async () => {
    const store = await opened();
    const nodes = await Promise.all(Array.from({ length: 10 }, () => load(store)));
    const sets = await Promise.all(nodes.map((node) => node.published()));
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
    expect(sets[0]?.keys).toHaveLength(2);
  });

  it('lie sealed: no private member is in clear', async () => {
    const store = await opened();
    await load(store);
    const { records } = await store.list('SigningKeys', 'all', { now: systemClock.now() });
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records)).not.toMatch(/"d\\?"|kty|P-256/);
  });

  it('are refused when no secret opens them, and no new ones are made', async () => {
    const store = await opened();
    const kids = await kidsOf(await load(store));
    await expect(load(store, { secrets: [next] })).rejects.toMatchObject({
      code: 'ERR_SECRET_WRONG',
    });
    expect(await kidsOf(await load(store))).toEqual(kids);
  });

  it('are sealed anew under the first secret, so that the old one can be dropped', async () => {
    const store = await opened();
    const kids = await kidsOf(await load(store));
    await load(store, { secrets: [next, old] });
    expect(await kidsOf(await load(store, { secrets: [next] }))).toEqual(kids);
  });

  it('get another algorithm later, and keep the others', async () => {
    const store = await opened();
    const kids = await kidsOf(await load(store));
    const both = await load(store, {
      needs: [
        ['ES256', 600],
        ['EdDSA', 600],
      ],
    });
    expect([...both.algs]).toEqual(['ES256', 'EdDSA']);
    expect(await kidsOf(both)).toEqual(expect.arrayContaining(kids));
  });

  it.each<SigningAlgorithm>(['ES256', 'EdDSA', 'RS256', 'PS256'])(
    'sign %s as another node verifies it',
    async (alg) => {
      const store = await opened();
      const needs = [[alg, 600]] as const;
      const token = await tokenOf(await load(store, { needs }), alg);
      expect(await verifies(await load(store), token)).toBe(true);
    },
  );

  it('are taken over from a store that has one for each algorithm, without losing a token', async () => {
    const store = await opened();
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = 'kid-of-the-one-generation-0123456789-abcdefg';
    const jwk = { ...pair.privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid };
    const payload = createSecrets([old]).seal('keys', JSON.stringify(jwk), '1:ES256');
    const insert = { kind: 'SigningKeys', id: '1:ES256', payload, keys: {} };
    await store.commit([{ insert }], systemClock.now());
    const now = (): number => systemClock.now();
    const nodes = await Promise.all([load(store), load(store)]);
    for (const node of nodes) expect(activeKid(node)).toBe(kid);
    expect((await nodes[0]?.find({ alg: 'ES256', kid }))?.export({ format: 'jwk' })).toEqual(
      pair.publicKey.export({ format: 'jwk' }),
    );
    // A version that is put back finds it; once it verifies nothing any more, it is gone.
    travel(90 * 86_400);
    await kidsOf(await load(store), 'retired');
    await nodes[0]?.rotate();
    expect(await store.find('SigningKeys', { id: '1:ES256' }, now())).toBeDefined();
    travel(2 * 86_400);
    await load(store);
    expect(await store.find('SigningKeys', { id: '1:ES256' }, now())).toBeUndefined();
  });
});
