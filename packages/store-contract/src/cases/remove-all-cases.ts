import assert from 'node:assert/strict';
import type { Store } from '@gatehouse/core';
import type { ContractCase } from '../contract-case.js';
import { grant, idsOf, insertAll, listAll, token, tokens } from '../fixtures.js';

const removeAll = { kind: 'Token', key: 'grantId', value: 'g1' };

/** All records of a kind whose key has a value go away. */
export const removeAllCases: readonly ContractCase[] = [
  {
    name: 'a removeAll takes every record with the value and no other',
    async run({ store, now }) {
      const inserts = [
        token('t1', { keys: { grantId: 'g1', userCode: 'u1' } }),
        token('t2', { keys: { grantId: 'g1', accountId: 'a1' } }),
        token('t3', { keys: { grantId: 'g2' } }),
        token('t4', { keys: { accountId: 'g1' } }),
        token('g1'),
        grant('t1', { keys: { accountId: 'g1' } }),
      ];
      await store.commit(
        inserts.map((insert) => ({ insert })),
        now,
      );
      await store.commit([{ removeAll }], now);
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), ['g1', 't3', 't4']);
      assert.deepEqual(await listAll(store, { key: 'grantId', value: 'g1' }, now), []);
      assert.equal(await store.find('Token', { id: 't1' }, now), undefined);
      assert.equal(await store.find('Token', { key: 'userCode', value: 'u1' }, now), undefined);
      assert.ok(await store.find('Grant', { id: 't1' }, now));
    },
  },
  {
    name: 'a removeAll takes more records than a page has',
    async run({ store, now }) {
      const inserts = tokens(250, { keys: { grantId: 'g1' } });
      await store.commit(
        inserts.map((insert) => ({ insert })),
        now,
      );
      await store.commit([{ insert: token('other', { keys: { grantId: 'g2' } }) }], now);
      await store.commit([{ removeAll }], now);
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), ['other']);
    },
  },
  {
    name: 'a removeAll takes consumed records too',
    async run({ store, now }) {
      await insertAll(store, tokens(3, { keys: { grantId: 'g1' } }), now);
      await store.commit([{ consume: { kind: 'Token', id: 't001', attempt: 'c1' } }], now);
      await store.commit([{ removeAll }], now);
      assert.deepEqual(await listAll(store, 'all', now), []);
    },
  },
  {
    name: 'a removeAll goes by the keys that a record has now',
    async run({ store, now }) {
      await insertAll(store, tokens(2, { keys: { grantId: 'g1' } }), now);
      await store.commit([{ insert: token('t2', { keys: { grantId: 'g2' } }) }], now);
      await store.commit([{ put: token('t000', { keys: { grantId: 'g2' } }), ifRevision: 1 }], now);
      await store.commit([{ put: token('t2', { keys: { grantId: 'g1' } }), ifRevision: 1 }], now);
      await store.commit([{ removeAll }], now);
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), ['t000']);
    },
  },
  {
    name: 'a removeAll of a value that no record has succeeds',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1', { keys: { grantId: 'g2' } }) }], now);
      await store.commit([{ removeAll }], now);
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), ['t1']);
    },
  },
  {
    name: 'a removeAll takes 10,000 records, while others of the same value come',
    async run({ store, now }) {
      const keys = { grantId: 'g1' };
      for (let from = 0; from < 10_000; from += 500) {
        const inserts = tokens(500, { keys }).map(({ id, ...rest }) => {
          return { insert: { ...rest, id: `old-${from}-${id}` } };
        });
        await store.commit(inserts, now);
      }
      await store.commit([{ insert: token('other', { keys: { grantId: 'g2' } }) }], now);
      const come = async (): Promise<void> => {
        await insertAll(
          store,
          tokens(50, { keys }).map((one) => ({ ...one, id: `new-${one.id}` })),
          now,
        );
      };
      await Promise.all([come(), store.commit([{ removeAll }], now)]);
      const left = await idsLeft(store, now);
      assert.deepEqual(
        left.filter((id) => id.startsWith('old')),
        [],
      );
      assert.ok(left.includes('other'));
      // What came at the same moment may have gone with them or not, and goes with the next.
      await store.commit([{ removeAll }], now);
      assert.deepEqual(await idsLeft(store, now), ['other']);
    },
  },
];

async function idsLeft(store: Store, now: number): Promise<readonly string[]> {
  return idsOf(await listAll(store, 'all', now, 1000));
}
