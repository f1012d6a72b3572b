import assert from 'node:assert/strict';
import type { ContractCase } from '../contract-case.js';
import { assertConflict, assertRecord, idsOf, insertAll, listAll, token } from '../fixtures.js';

/** A record past its expiry is absent for every function, whenever the sweep runs. */
export const expiryCases: readonly ContractCase[] = [
  {
    name: 'a record is there until its expiry, and absent from that second on',
    async run({ store, now }) {
      const keys = { grantId: 'g1', userCode: 'u1' };
      await store.commit([{ insert: token('t1', { keys, expiresAt: now + 10 }) }], now);
      for (const [at, there] of [
        [now + 9, true],
        [now + 10, false],
        [now + 11, false],
      ] as const) {
        const byKey = await store.find('Token', { key: 'userCode', value: 'u1' }, at);
        const byId = await store.find('Token', { id: 't1' }, at);
        const count = there ? 1 : 0;
        assert.equal(byId !== undefined, there);
        assert.equal(byKey !== undefined, there);
        assert.equal((await listAll(store, 'all', at)).length, count);
        assert.equal((await listAll(store, { key: 'grantId', value: 'g1' }, at)).length, count);
      }
    },
  },
  {
    name: 'a record without expiry stays',
    async run({ store, now }) {
      const centuryLater = now + 3_155_760_000;
      await store.commit([{ insert: token('t1') }], now);
      await store.commit([{ insert: token('t2') }], centuryLater);
      assert.deepEqual(idsOf(await listAll(store, 'all', centuryLater)), ['t1', 't2']);
    },
  },
  {
    name: 'an expired record does not fill or cut the pages of a list',
    async run({ store, now }) {
      for (let n = 0; n < 20; n += 1) {
        const rest = n % 2 === 0 ? { expiresAt: now + 10 } : {};
        await insertAll(store, [token(`t${n}`, rest)], now);
      }
      const { records } = await store.list('Token', 'all', { now: now + 10, limit: 10 });
      assert.equal(records.length, 10);
      assert.equal((await listAll(store, 'all', now + 10, 3)).length, 10);
    },
  },
  {
    name: 'an insert takes the id and the unique value of an expired record',
    async run({ store, now }) {
      const keys = { userCode: 'u1', grantId: 'g1' };
      await store.commit([{ insert: token('t1', { keys, expiresAt: now + 10 }) }], now);
      await store.commit([{ consume: { kind: 'Token', id: 't1', attempt: 'c1' } }], now);
      const sameId = token('t1', { payload: 'new', keys: { grantId: 'g2' } });
      await store.commit([{ insert: sameId }], now + 10);
      assertRecord(await store.find('Token', { id: 't1' }, now + 10), { ...sameId, revision: 1 });
      assert.deepEqual(await listAll(store, { key: 'grantId', value: 'g1' }, now + 10), []);

      await store.commit([{ insert: token('t2', { keys, expiresAt: now + 20 }) }], now + 10);
      const sameValue = token('t3', { keys: { userCode: 'u1' } });
      await store.commit([{ insert: sameValue }], now + 20);
      const found = await store.find('Token', { key: 'userCode', value: 'u1' }, now + 20);
      assertRecord(found, { ...sameValue, revision: 1 });
      assert.equal(await store.find('Token', { id: 't2' }, now + 20), undefined);
    },
  },
  {
    name: 'a put with the revision of an expired record conflicts',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1', { expiresAt: now + 10 }) }], now);
      const write = { put: token('t1', { payload: 'new' }), ifRevision: 1 };
      await assertConflict(store.commit([write], now + 10), write, 'gone');
      assert.equal(await store.find('Token', { id: 't1' }, now + 10), undefined);
    },
  },
  {
    name: 'a put without a revision over an expired record starts anew',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1', { expiresAt: now + 10 }) }], now);
      await store.commit([{ consume: { kind: 'Token', id: 't1', attempt: 'c1' } }], now);
      const put = token('t1', { payload: 'new' });
      await store.commit([{ put }], now + 10);
      assertRecord(await store.find('Token', { id: 't1' }, now + 10), { ...put, revision: 1 });
    },
  },
  {
    name: 'a put moves the expiry, to later or to sooner',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1', { expiresAt: now + 10 }) }], now);
      await store.commit([{ put: token('t1', { expiresAt: now + 30 }), ifRevision: 1 }], now);
      assert.ok(await store.find('Token', { id: 't1' }, now + 29));
      await store.commit([{ put: token('t1', { expiresAt: now + 20 }), ifRevision: 2 }], now);
      assert.equal(await store.find('Token', { id: 't1' }, now + 20), undefined);
    },
  },
];
