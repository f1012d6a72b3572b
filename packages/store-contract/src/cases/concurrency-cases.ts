import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { StoreConflict, Write } from '@gatehouse/core';
import type { CaseContext, ContractCase } from '../contract-case.js';
import { asConflict, assertRecord, idsOf, listAll, token } from '../fixtures.js';

const callers: readonly number[] = Array.from({ length: 50 }, (_, n) => n);

/** Whatever runs at once, exactly one caller wins what can be won once. */
export const concurrencyCases: readonly ContractCase[] = [
  {
    name: 'of 50 consumes at once one wins, and its answer stays',
    async run({ store, now }) {
      const insert = token('t1');
      await store.commit([{ insert }], now);
      const winner = await race({ store, now }, 'consumed', (n) => [
        { consume: { kind: 'Token', id: 't1', attempt: `c${n}`, receipt: `r${n}` } },
      ]);
      const consumed = { attempt: `c${winner}`, at: now, receipt: `r${winner}` };
      assertRecord(await store.find('Token', { id: 't1' }, now), {
        ...insert,
        revision: 2,
        consumed,
      });
    },
  },
  {
    name: 'of 50 consumes of one attempt at once all succeed, as one',
    async run({ store, now }) {
      const insert = token('t1');
      await store.commit([{ insert }], now);
      const consume = { kind: 'Token', id: 't1', attempt: 'c1' };
      await Promise.all(callers.map(() => store.commit([{ consume }], now)));
      const expected = { ...insert, revision: 2, consumed: { attempt: 'c1', at: now } };
      assertRecord(await store.find('Token', { id: 't1' }, now), expected);
    },
  },
  {
    name: 'of 50 inserts of one id at once one wins',
    async run({ store, now }) {
      const winner = await race({ store, now }, 'exists', (n) => [
        { insert: token('t1', { payload: `${n}`, keys: { grantId: `g${n}` } }) },
      ]);
      const expected = token('t1', { payload: `${winner}`, keys: { grantId: `g${winner}` } });
      assertRecord(await store.find('Token', { id: 't1' }, now), { ...expected, revision: 1 });
    },
  },
  {
    name: 'of 50 inserts over one expired record at once one wins',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1', { expiresAt: now + 10 }) }], now);
      const winner = await race({ store, now: now + 10 }, 'exists', (n) => [
        { insert: token('t1', { payload: `${n}` }) },
      ]);
      const expected = { ...token('t1', { payload: `${winner}` }), revision: 1 };
      assertRecord(await store.find('Token', { id: 't1' }, now + 10), expected);
    },
  },
  {
    name: 'of 50 inserts of one unique value at once one wins',
    async run({ store, now }) {
      const winner = await race({ store, now }, 'exists', (n) => [
        { insert: token(`t${n}`, { keys: { userCode: 'u1' } }) },
      ]);
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), [`t${winner}`]);
      const found = await store.find('Token', { key: 'userCode', value: 'u1' }, now);
      assert.equal(found?.id, `t${winner}`);
    },
  },
  {
    name: 'of 50 puts of one revision at once one wins',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1') }], now);
      const winner = await race({ store, now }, 'revision', (n) => [
        { put: token('t1', { payload: `${n}` }), ifRevision: 1 },
      ]);
      const expected = { ...token('t1', { payload: `${winner}` }), revision: 2 };
      assertRecord(await store.find('Token', { id: 't1' }, now), expected);
    },
  },
  {
    name: 'of callers whose clocks are minutes apart one wins, now and later',
    async run({ store, now }) {
      // Retention is ten minutes more than validity, so a clock that is five minutes fast does not see it end.
      const expiresAt = now + 660;
      await store.commit([{ insert: token('code', { expiresAt }) }], now);
      const skewOf = (n: number): number => now + (3 - (n % 7)) * 100;
      const outcomes: (StoreConflict | undefined)[] = [];
      for (const some of [callers.slice(0, 25), callers.slice(25)]) {
        const consumes = some.map((n) =>
          attempt(
            store.commit([{ consume: { kind: 'Token', id: 'code', attempt: `c${n}` } }], skewOf(n)),
          ),
        );
        outcomes.push(...(await Promise.all(consumes)));
      }
      assert.equal(outcomes.filter((one) => one === undefined).length, 1);
      const inserts = callers.map((n) =>
        attempt(store.commit([{ insert: token('jti', { expiresAt }) }], skewOf(n))),
      );
      assert.equal((await Promise.all(inserts)).filter((one) => one === undefined).length, 1);
    },
  },
  {
    name: 'no change is lost when many read, change and put at once',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1', { payload: '0' }) }], now);
      const increment = async (): Promise<void> => {
        for (let tries = 0; tries < 100; tries += 1) {
          const found = await store.find('Token', { id: 't1' }, now);
          assert.ok(found);
          const put = token('t1', { payload: `${Number(found.payload) + 1}` });
          const conflict = await attempt(store.commit([{ put, ifRevision: found.revision }], now));
          if (conflict === undefined) return;
        }
        assert.fail('a put conflicts for ever');
      };
      await Promise.all(callers.slice(0, 20).map(increment));
      assert.equal((await store.find('Token', { id: 't1' }, now))?.payload, '20');
    },
  },
  {
    name: 'whoever sees a record consumed sees the receipt',
    async run({ store, now }) {
      for (let round = 0; round < 10; round += 1) {
        const id = `t${round}`;
        await store.commit([{ insert: token(id) }], now);
        const consume = { kind: 'Token', id, attempt: 'c1', receipt: 'r1' };
        let done = false;
        const look = (): Promise<void> =>
          watch(
            () => done,
            async () => {
              const consumed = (await store.find('Token', { id }, now))?.consumed;
              if (consumed !== undefined) assert.equal(consumed.receipt, 'r1');
            },
          );
        const commit = store.commit([{ consume }], now).finally(() => (done = true));
        await Promise.all([commit, look(), look(), look()]);
      }
    },
  },
  {
    name: 'a record that is removed while others change it stays away',
    async run({ store, now }) {
      for (let round = 0; round < 20; round += 1) {
        const id = `t${round}`;
        await store.commit([{ insert: token(id, { keys: { grantId: 'g1' } }) }], now);
        const remove = { kind: 'Token', id };
        const removeAll = { kind: 'Token', key: 'grantId', value: 'g1' };
        await Promise.all([
          attempt(store.commit([{ put: token(id), ifRevision: 1 }], now)),
          attempt(store.commit([{ consume: { kind: 'Token', id, attempt: 'c1' } }], now)),
          store.commit([{ remove }], now),
          store.commit([{ removeAll }], now),
          attempt(store.commit([{ put: token(id), ifRevision: 1 }], now)),
          attempt(store.commit([{ put: token(id), ifRevision: 2 }], now)),
        ]);
        assert.equal(await store.find('Token', { id }, now), undefined);
      }
    },
  },
  {
    name: 'of 50 commits that spend one record at once only the winner ever shows what it hands out',
    async run({ store, now }) {
      await store.commit([{ insert: token('code') }], now);
      const keys = { grantId: 'g1' };
      const seen = new Set<string>();
      let done = false;
      const look = (): Promise<void> =>
        watch(
          () => done,
          async () => {
            const handedOut = await listAll(store, { key: 'grantId', value: 'g1' }, now);
            for (const { id } of handedOut) seen.add(id);
          },
        );
      const contest = race({ store, now }, 'consumed', (n) => [
        { put: token(`t${n}`, { keys }) },
        { consume: { kind: 'Token', id: 'code', attempt: `c${n}` } },
      ]).finally(() => (done = true));
      const [winner] = await Promise.all([contest, look(), look()]);
      assert.deepEqual([...seen], [`t${winner}`]);
    },
  },
];

/** All callers commit at once; one must win, the others must conflict for the reason. Gives the winner. */
async function race(
  { store, now }: Pick<CaseContext, 'store' | 'now'>,
  reason: StoreConflict['reason'],
  writesOf: (caller: number) => readonly Write[],
): Promise<number> {
  const results = await Promise.all(callers.map((n) => attempt(store.commit(writesOf(n), now))));
  const winners = callers.filter((n) => results[n] === undefined);
  assert.equal(winners.length, 1, `${winners.length} callers won`);
  for (const conflict of results) if (conflict) assert.equal(conflict.reason, reason);
  return winners[0] as number;
}

async function attempt(commit: Promise<void>): Promise<StoreConflict | undefined> {
  return commit.then(() => undefined, asConflict);
}

/** Looks again and again while others write, and once after. */
async function watch(isDone: () => boolean, look: () => Promise<void>): Promise<void> {
  for (let looks = 1, last = false; !last; looks += 1) {
    last = isDone();
    // A store that answers from memory would otherwise never let its own write come to an end.
    if (looks % 10 === 0) await turn();
    await look();
  }
}
