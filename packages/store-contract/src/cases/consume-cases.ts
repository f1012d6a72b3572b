import assert from 'node:assert/strict';
import type { ContractCase } from '../contract-case.js';
import { assertConflict, assertRecord, idsOf, listAll, token } from '../fixtures.js';

/** One winner for ever, who recognises itself. */
export const consumeCases: readonly ContractCase[] = [
  {
    name: 'a consume stores attempt, time and receipt, and leaves the rest of the record',
    async run({ store, now }) {
      const insert = token('t1', { keys: { grantId: 'g1' }, expiresAt: now + 1000 });
      await store.commit([{ insert }], now);
      const consume = { kind: 'Token', id: 't1', attempt: 'c1', receipt: 'r1' };
      await store.commit([{ consume }], now + 5);
      const consumed = { attempt: 'c1', at: now + 5, receipt: 'r1' };
      const expected = { ...insert, revision: 2, consumed };
      assertRecord(await store.find('Token', { id: 't1' }, now + 5), expected);
    },
  },
  {
    name: 'a consume without a receipt stores none',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1') }], now);
      await store.commit([{ consume: { kind: 'Token', id: 't1', attempt: 'c1' } }], now);
      const expected = { ...token('t1'), revision: 2, consumed: { attempt: 'c1', at: now } };
      assertRecord(await store.find('Token', { id: 't1' }, now), expected);
    },
  },
  {
    name: 'a consume by another attempt conflicts and leaves the answer of the first',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1') }], now);
      const first = { kind: 'Token', id: 't1', attempt: 'c1', receipt: 'r1' };
      await store.commit([{ consume: first }], now);
      const second = { consume: { kind: 'Token', id: 't1', attempt: 'c2', receipt: 'r2' } };
      await assertConflict(store.commit([second], now + 1), second, 'consumed');
      const consumed = { attempt: 'c1', at: now, receipt: 'r1' };
      const expected = { ...token('t1'), revision: 2, consumed };
      assertRecord(await store.find('Token', { id: 't1' }, now + 1), expected);
    },
  },
  {
    name: 'a consume by the same attempt succeeds again and changes nothing',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1', { expiresAt: now + 1000 }) }], now);
      const consume = { kind: 'Token', id: 't1', attempt: 'c1', receipt: 'r1' };
      await store.commit([{ consume }], now);
      const first = await store.find('Token', { id: 't1' }, now);
      assert.ok(first);
      const again = { ...consume, receipt: 'r2', expiresAt: now + 2000 };
      await store.commit([{ consume: again }], now + 1);
      assertRecord(await store.find('Token', { id: 't1' }, now + 1), first);
    },
  },
  {
    name: 'a consume of an absent record conflicts',
    async run({ store, now }) {
      const write = { consume: { kind: 'Token', id: 't1', attempt: 'c1' } };
      await assertConflict(store.commit([write], now), write, 'gone');
      await store.commit([{ insert: token('t1') }], now);
      await store.commit([{ remove: { kind: 'Token', id: 't1' } }], now);
      await assertConflict(store.commit([write], now), write, 'gone');
      assert.equal(await store.find('Token', { id: 't1' }, now), undefined);
    },
  },
  {
    name: 'a consume of an expired record conflicts, even for the attempt that won',
    async run({ store, now }) {
      const write = { consume: { kind: 'Token', id: 't1', attempt: 'c1' } };
      await store.commit([{ insert: token('t1', { expiresAt: now + 10 }) }], now);
      await assertConflict(store.commit([write], now + 10), write, 'gone');
      await store.commit([{ insert: token('t1', { expiresAt: now + 20 }) }], now + 10);
      await store.commit([write], now + 10);
      await assertConflict(store.commit([write], now + 20), write, 'gone');
    },
  },
  {
    name: 'a consume gives the record a new expiry when it has one',
    async run({ store, now }) {
      const [longer, shorter] = [token('t1', { expiresAt: now + 10 }), token('t2')];
      await store.commit([{ insert: longer }, { insert: shorter }], now);
      for (const id of ['t1', 't2']) {
        const consume = { kind: 'Token', id, attempt: 'c1', expiresAt: now + 20 };
        await store.commit([{ consume }], now);
        assert.equal((await store.find('Token', { id }, now + 19))?.expiresAt, now + 20);
        assert.equal(await store.find('Token', { id }, now + 20), undefined);
      }
    },
  },
  {
    name: 'a consumed record is found by its keys, and listed',
    async run({ store, now }) {
      const keys = { grantId: 'g1', userCode: 'u1' };
      await store.commit([{ insert: token('t1', { keys }) }], now);
      await store.commit([{ consume: { kind: 'Token', id: 't1', attempt: 'c1' } }], now);
      const found = await store.find('Token', { key: 'userCode', value: 'u1' }, now);
      assert.equal(found?.consumed?.attempt, 'c1');
      const listed = await listAll(store, { key: 'grantId', value: 'g1' }, now);
      assert.deepEqual(idsOf(listed), ['t1']);
      assert.equal(listed[0]?.consumed?.attempt, 'c1');
    },
  },
];
