import assert from 'node:assert/strict';
import type { By, Relation, Store } from '@gatehouse/core';
import type { ContractCase } from '../contract-case.js';
import { assertRecord, grant, listAll, token, tokens } from '../fixtures.js';

const needs = 'findRelated';

const relations: readonly Relation[] = [
  { kind: 'Grant', key: 'id', from: 'grantId' },
  { kind: 'Grant', key: 'userCode', from: 'userCode' },
  { kind: 'Token', key: 'accountId', from: 'accountId' },
];

/** One trip that gives what find and list give in several. */
export const findRelatedCases: readonly ContractCase[] = [
  {
    name: 'findRelated gives what find and list give',
    needs,
    async run({ store, now }) {
      const keys = { grantId: 'g1', accountId: 'a1', userCode: 'u1' };
      const writes = [
        { insert: token('t1', { keys, expiresAt: now + 1000 }) },
        { insert: token('t2', { keys: { grantId: 'g2', accountId: 'a1' } }) },
        { insert: token('t3', { keys: { accountId: 'a2' } }) },
        { insert: grant('g1', { keys: { accountId: 'a1' } }) },
        { insert: grant('g2', { keys: { accountId: 'a1', userCode: 'u1' } }) },
        { consume: { kind: 'Token', id: 't2', attempt: 'c1', receipt: 'r1' } },
      ];
      await store.commit(writes, now);
      for (const by of [
        { id: 't1' },
        { id: 't2' },
        { id: 't3' },
        { key: 'userCode', value: 'u1' },
      ]) {
        for (const some of [relations, relations.slice(0, 1), relations.slice(2), []]) {
          await assertEqualsFindAndList(store, by, some, now);
        }
      }
    },
  },
  {
    name: 'findRelated of an absent or expired record gives undefined',
    needs,
    async run({ store, now }) {
      const keys = { grantId: 'g1' };
      const expiring = token('t1', { keys, expiresAt: now + 10 });
      await store.commit([{ insert: expiring }, { insert: grant('g1') }], now);
      assert.equal(await store.findRelated?.('Token', { id: 't2' }, relations, now), undefined);
      assert.equal(
        await store.findRelated?.('Token', { id: 't1' }, relations, now + 10),
        undefined,
      );
    },
  },
  {
    name: 'findRelated leaves out related records that are absent or expired',
    needs,
    async run({ store, now }) {
      const keys = { grantId: 'g1', userCode: 'u1', accountId: 'a1' };
      const writes = [
        { insert: token('t1', { keys }) },
        { insert: token('t2', { keys: { accountId: 'a1' }, expiresAt: now + 10 }) },
        { insert: grant('g1', { expiresAt: now + 10 }) },
      ];
      await store.commit(writes, now);
      await assertEqualsFindAndList(store, { id: 't1' }, relations, now);
      await assertEqualsFindAndList(store, { id: 't1' }, relations, now + 10);
      const found = await store.findRelated?.('Token', { id: 't1' }, relations, now + 10);
      assert.deepEqual(
        found?.related.map(({ id }) => id),
        ['t1'],
      );
    },
  },
  {
    name: 'findRelated gives more related records than a page has',
    needs,
    async run({ store, now }) {
      const inserts = tokens(150, { keys: { accountId: 'a1' } });
      await store.commit(
        inserts.map((insert) => ({ insert })),
        now,
      );
      await assertEqualsFindAndList(store, { id: 't000' }, relations, now);
    },
  },
];

async function assertEqualsFindAndList(
  store: Store,
  by: By,
  some: readonly Relation[],
  now: number,
): Promise<void> {
  const record = await store.find('Token', by, now);
  assert.ok(record);
  const expected = new Map<string, Awaited<ReturnType<Store['find']>>>();
  for (const { kind, key, from } of some) {
    const value = record.keys[from];
    if (value === undefined) continue;
    const found =
      kind === 'Token'
        ? await listAll(store, { key, value }, now)
        : [await store.find(kind, key === 'id' ? { id: value } : { key, value }, now)];
    for (const one of found) if (one) expected.set(`${one.kind} ${one.id}`, one);
  }
  const actual = await store.findRelated?.('Token', by, some, now);
  assertRecord(actual?.record, record);
  const related = new Map(actual?.related.map((one) => [`${one.kind} ${one.id}`, one]));
  assert.deepEqual([...related.keys()].sort(), [...expected.keys()].sort());
  for (const [name, one] of expected) if (one) assertRecord(related.get(name), one);
}
