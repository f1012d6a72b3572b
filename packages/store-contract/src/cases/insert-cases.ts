import assert from 'node:assert/strict';
import type { ContractCase } from '../contract-case.js';
import { assertConflict, assertRecord, grant, idsOf, listAll, token } from '../fixtures.js';

/** One winner per id, and per value of a unique key. */
export const insertCases: readonly ContractCase[] = [
  {
    name: 'an inserted record is found with every field and revision 1',
    async run({ store, now }) {
      const keys = { grantId: 'g1', accountId: 'a1', userCode: 'u1' };
      const insert = token('t1', { keys, expiresAt: now + 1000 });
      await store.commit([{ insert }], now);
      assertRecord(await store.find('Token', { id: 't1' }, now), { ...insert, revision: 1 });
    },
  },
  {
    name: 'a record without keys and expiry has no expiry',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1') }], now);
      assertRecord(await store.find('Token', { id: 't1' }, now), { ...token('t1'), revision: 1 });
    },
  },
  {
    name: 'an insert of an id that exists conflicts and leaves the first record as it was',
    async run({ store, now }) {
      const first = token('t1', { payload: 'first', keys: { grantId: 'g1' } });
      await store.commit([{ insert: first }], now);
      const second = { insert: token('t1', { payload: 'second', keys: { grantId: 'g2' } }) };
      await assertConflict(store.commit([second], now), second, 'exists');
      assertRecord(await store.find('Token', { id: 't1' }, now), { ...first, revision: 1 });
      assert.deepEqual(await listAll(store, { key: 'grantId', value: 'g2' }, now), []);
    },
  },
  {
    name: 'an id that was removed can be inserted again',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1', { payload: 'first' }) }], now);
      await store.commit([{ remove: { kind: 'Token', id: 't1' } }], now);
      const insert = token('t1', { payload: 'second' });
      await store.commit([{ insert }], now);
      assertRecord(await store.find('Token', { id: 't1' }, now), { ...insert, revision: 1 });
    },
  },
  {
    name: 'one id and one unique value in two kinds are two records',
    async run({ store, now }) {
      const keys = { userCode: 'u1' };
      await store.commit([{ insert: token('x', { keys }) }, { insert: grant('x', { keys }) }], now);
      const by = { key: 'userCode', value: 'u1' };
      assert.equal((await store.find('Token', by, now))?.payload, token('x').payload);
      assert.equal((await store.find('Grant', by, now))?.payload, grant('x').payload);
      assert.equal((await store.find('Grant', { id: 'x' }, now))?.payload, grant('x').payload);
    },
  },
  {
    name: 'an insert of a unique value that is taken conflicts and stores nothing',
    async run({ store, now }) {
      const keys = { userCode: 'u1' };
      await store.commit([{ insert: token('t1', { keys }) }], now);
      const second = { insert: token('t2', { keys }) };
      await assertConflict(store.commit([second], now), second, 'exists');
      assert.equal(await store.find('Token', { id: 't2' }, now), undefined);
      assert.equal((await store.find('Token', { key: 'userCode', value: 'u1' }, now))?.id, 't1');
    },
  },
  {
    name: 'a unique value is free again when its record is removed',
    async run({ store, now }) {
      const keys = { userCode: 'u1' };
      await store.commit([{ insert: token('t1', { keys }) }], now);
      await store.commit([{ remove: { kind: 'Token', id: 't1' } }], now);
      await store.commit([{ insert: token('t2', { keys }) }], now);
      await store.commit([{ removeAll: { kind: 'Token', key: 'userCode', value: 'u1' } }], now);
      await store.commit([{ insert: token('t3', { keys }) }], now);
      assert.equal((await store.find('Token', { key: 'userCode', value: 'u1' }, now))?.id, 't3');
    },
  },
  {
    name: 'records that lack a unique key do not collide',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1') }, { insert: token('t2') }], now);
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), ['t1', 't2']);
    },
  },
  {
    name: 'records share the value of a key that is not unique',
    async run({ store, now }) {
      const keys = { grantId: 'g1' };
      await store.commit([{ insert: token('t1', { keys }) }], now);
      await store.commit([{ insert: token('t2', { keys }) }], now);
      const found = await listAll(store, { key: 'grantId', value: 'g1' }, now);
      assert.deepEqual(idsOf(found), ['t1', 't2']);
    },
  },
  {
    name: 'two inserts of one id in one commit conflict',
    async run({ store, now }) {
      const second = { insert: token('t1', { payload: 'second' }) };
      await assertConflict(store.commit([{ insert: token('t1') }, second], now), second, 'exists');
    },
  },
];
