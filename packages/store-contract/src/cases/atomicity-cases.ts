import assert from 'node:assert/strict';
import type { Write } from '@gatehouse/core';
import type { CaseContext, ContractCase } from '../contract-case.js';
import { assertConflict, assertRecord, grant, idsOf, listAll, token } from '../fixtures.js';

const consume = { kind: 'Token', id: 'code', attempt: 'c1' };

/** A commit that conflicts leaves no plain write, and with transactions nothing at all. */
export const atomicityCases: readonly ContractCase[] = [
  {
    name: 'a commit applies all of its writes, over many kinds',
    async run({ store, now }) {
      await store.commit([{ insert: token('code') }, { insert: token('old') }], now);
      await store.commit([{ insert: token('gone', { keys: { accountId: 'a1' } }) }], now);
      const writes: Write[] = [
        { remove: { kind: 'Token', id: 'old' } },
        { removeAll: { kind: 'Token', key: 'accountId', value: 'a1' } },
        { consume },
        { insert: token('new', { keys: { grantId: 'g1' } }) },
        { put: grant('g1') },
      ];
      await store.commit(writes, now);
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), ['code', 'new']);
      assert.equal((await store.find('Token', { id: 'code' }, now))?.consumed?.attempt, 'c1');
      assert.ok(await store.find('Grant', { id: 'g1' }, now));
    },
  },
  {
    name: 'a commit of nothing succeeds',
    async run({ store, now }) {
      await store.commit([], now);
    },
  },
  {
    name: 'a commit whose insert conflicts leaves none of its plain writes',
    run: (context) => leavesNoPlainWrite(context, { insert: token('taken') }, 'exists'),
  },
  {
    name: 'a commit whose consume conflicts leaves none of its plain writes',
    async run(context) {
      const spent = { kind: 'Token', id: 'spent', attempt: 'c1' };
      await leavesNoPlainWrite(context, { consume: spent }, 'consumed');
      await leavesNoPlainWrite(context, { consume: { ...spent, id: 'absent' } }, 'gone');
    },
  },
  {
    name: 'a commit whose put with a revision conflicts leaves none of its plain writes',
    async run(context) {
      await leavesNoPlainWrite(context, { put: token('taken'), ifRevision: 7 }, 'revision');
      await leavesNoPlainWrite(context, { put: token('absent'), ifRevision: 1 }, 'gone');
    },
  },
  {
    name: 'a conflict names the first of the writes that failed',
    async run({ store, now }) {
      await store.commit([{ insert: token('taken') }], now);
      const failing: Write[] = [
        { insert: token('taken') },
        { consume: { ...consume, id: 'absent' } },
      ];
      const writes = [{ put: token('t1') }, { insert: token('t2') }, ...failing] as const;
      await assertConflict(store.commit(writes, now), writes[2] as Write, 'exists');
    },
  },
  {
    name: 'a commit that conflicts leaves none of its preconditions either',
    needs: 'transactions',
    async run({ store, now }) {
      await store.commit([{ insert: token('code') }, { insert: token('taken') }], now);
      const before = await listAll(store, 'all', now);
      const conflict = { insert: token('taken') };
      const writes = [
        { consume },
        { insert: token('new') },
        { put: token('taken', { payload: 'new' }), ifRevision: 1 },
        conflict,
      ];
      await assertConflict(store.commit(writes, now), conflict, 'exists');
      const after = await listAll(store, 'all', now);
      assert.deepEqual(idsOf(after), idsOf(before));
      for (const record of before) {
        assertRecord(await store.find('Token', { id: record.id }, now), record);
      }
    },
  },
  {
    name: 'a commit of consumes and plain writes can be repeated as a whole',
    async run({ store, now }) {
      await store.commit([{ insert: token('code') }], now);
      const commit = () => store.commit([{ consume }, { put: token('new') }], now);
      await commit();
      await commit();
      assert.ok(await store.find('Token', { id: 'new' }, now));
      assert.equal((await store.find('Token', { id: 'code' }, now))?.revision, 2);
    },
  },
];

async function leavesNoPlainWrite(
  { store, now }: CaseContext,
  failing: Write,
  reason: 'exists' | 'consumed' | 'gone' | 'revision',
): Promise<void> {
  const keys = { grantId: 'g1' };
  const standing = [token('taken'), token('spent'), token('kept', { keys }), token('put')];
  await store.commit(
    standing.map((put) => ({ put })),
    now,
  );
  await store.commit([{ consume: { kind: 'Token', id: 'spent', attempt: 'other' } }], now);
  const before = await listAll(store, 'all', now);
  const writes: Write[] = [
    { put: token('put', { payload: 'new' }) },
    { put: token('new') },
    { remove: { kind: 'Token', id: 'taken' } },
    failing,
    { removeAll: { kind: 'Token', key: 'grantId', value: 'g1' } },
  ];
  await assertConflict(store.commit(writes, now), failing, reason);
  const after = await listAll(store, 'all', now);
  assert.deepEqual(idsOf(after), idsOf(before));
  for (const record of before) {
    assertRecord(await store.find('Token', { id: record.id }, now), record);
  }
}
