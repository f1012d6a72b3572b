import assert from 'node:assert/strict';
import type { ContractCase } from '../contract-case.js';
import { assertConflict, assertRecord, idsOf, listAll, token } from '../fixtures.js';

/** Replacing a record, with and without a look at what stands there. */
export const putCases: readonly ContractCase[] = [
  {
    name: 'a put without a revision creates a record that was absent',
    async run({ store, now }) {
      const put = token('t1', { keys: { grantId: 'g1', userCode: 'u1' }, expiresAt: now + 1000 });
      await store.commit([{ put }], now);
      assertRecord(await store.find('Token', { id: 't1' }, now), { ...put, revision: 1 });
    },
  },
  {
    name: 'a put without a revision replaces payload, keys and expiry',
    async run({ store, now }) {
      const keys = { grantId: 'g1', userCode: 'u1' };
      await store.commit([{ insert: token('t1', { keys, expiresAt: now + 1000 }) }], now);
      const put = token('t1', { payload: 'new', keys: { accountId: 'a1' } });
      await store.commit([{ put }], now);
      assertRecord(await store.find('Token', { id: 't1' }, now + 2000), { ...put, revision: 2 });
    },
  },
  {
    name: 'a put with the current revision replaces the record and raises the revision',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1') }], now);
      await store.commit([{ put: token('t1', { payload: 'second' }), ifRevision: 1 }], now);
      const put = token('t1', { payload: 'third', expiresAt: now + 1000 });
      await store.commit([{ put, ifRevision: 2 }], now);
      assertRecord(await store.find('Token', { id: 't1' }, now), { ...put, revision: 3 });
    },
  },
  {
    name: 'a put with another revision conflicts and leaves the record as it was',
    async run({ store, now }) {
      const current = token('t1', { payload: 'second', keys: { grantId: 'g1' } });
      await store.commit([{ insert: token('t1') }], now);
      await store.commit([{ put: current }], now);
      for (const ifRevision of [1, 3]) {
        const write = { put: token('t1', { payload: 'lost' }), ifRevision };
        await assertConflict(store.commit([write], now), write, 'revision');
      }
      assertRecord(await store.find('Token', { id: 't1' }, now), { ...current, revision: 2 });
    },
  },
  {
    name: 'a put with a revision does not bring a removed record back',
    async run({ store, now }) {
      const write = { put: token('t1', { keys: { grantId: 'g1' } }), ifRevision: 1 };
      await assertConflict(store.commit([write], now), write, 'gone');
      await store.commit([{ insert: token('t1') }], now);
      await store.commit([{ remove: { kind: 'Token', id: 't1' } }], now);
      await assertConflict(store.commit([write], now), write, 'gone');
      assert.equal(await store.find('Token', { id: 't1' }, now), undefined);
      assert.deepEqual(await listAll(store, { key: 'grantId', value: 'g1' }, now), []);
    },
  },
  {
    name: 'a put moves a record to the new values of its keys',
    async run({ store, now }) {
      const before = { grantId: 'g1', accountId: 'a1', userCode: 'u1' };
      await store.commit([{ insert: token('t1', { keys: before }) }], now);
      const after = { grantId: 'g2', userCode: 'u2' };
      await store.commit([{ put: token('t1', { keys: after }), ifRevision: 1 }], now);
      for (const [key, value] of Object.entries(before)) {
        assert.deepEqual(await listAll(store, { key, value }, now), [], `still under ${value}`);
      }
      for (const [key, value] of Object.entries(after)) {
        assert.deepEqual(idsOf(await listAll(store, { key, value }, now)), ['t1']);
      }
      assert.equal(await store.find('Token', { key: 'userCode', value: 'u1' }, now), undefined);
      assert.equal((await store.find('Token', { key: 'userCode', value: 'u2' }, now))?.id, 't1');
      await store.commit([{ insert: token('t2', { keys: { userCode: 'u1' } }) }], now);
    },
  },
  {
    name: 'a put keeps what a consume stored',
    async run({ store, now }) {
      const consumed = { attempt: 'c1', at: now, receipt: 'r1' };
      await store.commit([{ insert: token('t1') }], now);
      const consume = { kind: 'Token', id: 't1', attempt: 'c1', receipt: 'r1' };
      await store.commit([{ consume }], now);
      const put = token('t1', { payload: 'new' });
      await store.commit([{ put, ifRevision: 2 }], now + 1);
      await store.commit([{ put }], now + 2);
      const expected = { ...put, revision: 4, consumed };
      assertRecord(await store.find('Token', { id: 't1' }, now), expected);
    },
  },
  {
    name: 'a put keeps the unique value that its record has',
    async run({ store, now }) {
      const keys = { userCode: 'u1' };
      await store.commit([{ insert: token('t1', { keys }) }], now);
      await store.commit([{ put: token('t1', { keys, payload: 'second' }), ifRevision: 1 }], now);
      await store.commit([{ put: token('t1', { keys, payload: 'third' }) }], now);
      const found = await store.find('Token', { key: 'userCode', value: 'u1' }, now);
      assert.equal(found?.payload, 'third');
    },
  },
  {
    name: 'a put of a unique value that another record has conflicts and changes neither',
    async run({ store, now }) {
      const first = token('t1', { keys: { userCode: 'u1' } });
      const second = token('t2', { keys: { userCode: 'u2' } });
      await store.commit([{ insert: first }, { insert: second }], now);
      const put = token('t2', { payload: 'new', keys: { userCode: 'u1' } });
      for (const write of [{ put, ifRevision: 1 }, { put }]) {
        await assertConflict(store.commit([write], now), write, 'exists');
      }
      assertRecord(await store.find('Token', { id: 't1' }, now), { ...first, revision: 1 });
      assertRecord(await store.find('Token', { id: 't2' }, now), { ...second, revision: 1 });
      const found = await store.find('Token', { key: 'userCode', value: 'u1' }, now);
      assert.equal(found?.id, 't1');
    },
  },
];
