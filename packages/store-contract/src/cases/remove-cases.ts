import assert from 'node:assert/strict';
import type { ContractCase } from '../contract-case.js';
import { grant, idsOf, listAll, token } from '../fixtures.js';

/** One record goes away. */
export const removeCases: readonly ContractCase[] = [
  {
    name: 'a removed record is gone for find by id, find by key and list',
    async run({ store, now }) {
      const keys = { grantId: 'g1', userCode: 'u1' };
      await store.commit([{ insert: token('t1', { keys }) }, { insert: token('t2') }], now);
      await store.commit([{ remove: { kind: 'Token', id: 't1' } }], now);
      assert.equal(await store.find('Token', { id: 't1' }, now), undefined);
      assert.equal(await store.find('Token', { key: 'userCode', value: 'u1' }, now), undefined);
      assert.deepEqual(await listAll(store, { key: 'grantId', value: 'g1' }, now), []);
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), ['t2']);
    },
  },
  {
    name: 'a remove leaves the record of another kind that has the same id',
    async run({ store, now }) {
      await store.commit([{ insert: token('x') }, { insert: grant('x') }], now);
      await store.commit([{ remove: { kind: 'Token', id: 'x' } }], now);
      assert.equal((await store.find('Grant', { id: 'x' }, now))?.payload, grant('x').payload);
    },
  },
  {
    name: 'a remove of an absent record succeeds',
    async run({ store, now }) {
      await store.commit([{ remove: { kind: 'Token', id: 't1' } }], now);
      assert.equal(await store.find('Token', { id: 't1' }, now), undefined);
    },
  },
  {
    name: 'a consumed record can be removed',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1') }], now);
      await store.commit([{ consume: { kind: 'Token', id: 't1', attempt: 'c1' } }], now);
      await store.commit([{ remove: { kind: 'Token', id: 't1' } }], now);
      assert.equal(await store.find('Token', { id: 't1' }, now), undefined);
    },
  },
];
