import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Write } from '@gatehouse/core';
import type { CaseContext, ContractCase } from '../contract-case.js';
import { assertRecord, grant, idsOf, token } from '../fixtures.js';
import { isValue, one, opened, raceOf, resultOf } from '../peers.js';
import type { Call } from '../serve-store.js';

const needs = 'processes';
const retention = 600;

/** Many processes on one store, and one that is killed. */
export const processCases: readonly ContractCase[] = [
  {
    name: 'open by 5 processes at once makes one store',
    needs,
    async run({ startProcesses, now }) {
      const [late, ...peers] = await startProcesses(6, { fresh: true });
      assert.ok(late);
      await Promise.all(
        peers.map(async (peer, n) => {
          await opened([peer]);
          resultOf(await one(peer, ['commit', [{ insert: token(`t${n}`) }], now]));
        }),
      );
      await opened([late]);
      for (const peer of [late, ...peers]) {
        const page = resultOf(await one(peer, ['list', 'Token', 'all', { now }]));
        const { records } = page as { readonly records: readonly { readonly id: string }[] };
        assert.deepEqual(idsOf(records), ['t0', 't1', 't2', 't3', 't4']);
      }
    },
  },
  {
    name: 'what one process has committed, every other finds at once',
    needs,
    async run({ store, startProcesses, now }) {
      const peers = await opened(await startProcesses(3));
      for (let round = 0; round < 10; round += 1) {
        const id = `t${round}`;
        const steps: readonly Write[] = [
          { insert: token(id) },
          { consume: { kind: 'Token', id, attempt: 'c1', receipt: 'r1' } },
          { remove: { kind: 'Token', id } },
        ];
        for (const [n, write] of steps.entries()) {
          await store.commit([write], now);
          const found = await Promise.all(
            peers.map((peer) => one(peer, ['find', 'Token', { id }, now])),
          );
          const stored = await store.find('Token', { id }, now);
          const expected = stored && JSON.parse(JSON.stringify(stored));
          for (const outcome of found) {
            assert.deepEqual(resultOf(outcome) ?? undefined, expected, `step ${n}`);
          }
        }
      }
    },
  },
  {
    name: 'of 4 processes with 250 consumes each at once one caller wins',
    needs,
    async run({ store, startProcesses, now }) {
      const peers = await opened(await startProcesses(4));
      for (const id of ['t1', 't2', 't3']) {
        const insert = token(id);
        await store.commit([{ insert }], now);
        const winner = await raceOf(peers, 250, 'consumed', now, (caller) => [
          { consume: { kind: 'Token', id, attempt: caller, receipt: `r ${caller}` } },
        ]);
        const consumed = { attempt: winner, at: now, receipt: `r ${winner}` };
        const found = await store.find('Token', { id }, now);
        assertRecord(found, { ...insert, revision: 2, consumed });
      }
    },
  },
  {
    name: 'of 4 processes with 50 inserts of one id, and of one unique value, each at once one caller wins',
    needs,
    async run({ store, startProcesses, now }) {
      const peers = await opened(await startProcesses(4));
      const winner = await raceOf(peers, 50, 'exists', now, (caller) => [
        { insert: token('t1', { payload: caller }) },
      ]);
      assert.equal((await store.find('Token', { id: 't1' }, now))?.payload, winner);
      const taker = await raceOf(peers, 50, 'exists', now, (caller) => [
        { insert: token(caller, { keys: { userCode: 'u1' } }) },
      ]);
      const by = { key: 'userCode', value: 'u1' };
      assert.equal((await store.find('Token', by, now))?.id, taker);
    },
  },
  {
    name: 'of 4 processes whose clocks are minutes apart one caller wins, and the sweep of none helps another',
    needs,
    async run(context) {
      const { store, startProcesses, now } = context;
      const clocks = [-290, -100, 100, 290].map((skew) => now + skew);
      const expiresAt = now + 60 + retention;
      await store.commit([{ insert: token('code', { expiresAt }) }], now);
      const peers = await opened(await startProcesses(clocks.length));
      const startAt = Date.now() + 50;
      for (const writes of [
        (n: number): readonly Write[] => [
          { consume: { kind: 'Token', id: 'code', attempt: `c${n}`, expiresAt } },
        ],
        (n: number): readonly Write[] => [{ insert: token('jti', { payload: `${n}`, expiresAt }) }],
      ]) {
        let winners = 0;
        for (let round = 0; round < 2; round += 1) {
          const outcomes = await Promise.all(
            clocks.map((clock, n) =>
              peers[n]?.run(
                [
                  ['commit', writes(n + round * clocks.length), clock],
                  ['purge', clock, 100],
                ],
                { startAt },
              ),
            ),
          );
          winners += outcomes.filter((some) => isValue(some?.[0])).length;
        }
        assert.equal(winners, 1, `${winners} callers won`);
      }
    },
  },
  {
    name: 'a process that is killed while it commits leaves nothing handed out that was not paid for',
    needs,
    async run(context) {
      for (let round = 0; round < 8; round += 1) await killOne(context, `k${round}`);
    },
  },
];

/** Kills a process while it redeems codes, and looks at what it leaves. */
async function killOne(context: CaseContext, name: string): Promise<void> {
  const { store, startProcesses, transactions, now } = context;
  const ids = Array.from({ length: 400 }, (_, n) => `${name}-${n}`);
  const codes = ids.map((id) => ({ insert: token(`code-${id}`) }));
  await store.commit(codes, now);
  const [peer] = await opened(await startProcesses(1));
  assert.ok(peer);
  const acknowledged = new Set<string>();
  const redemptions = ids.map((id): Call => {
    const writes: readonly Write[] = [
      { put: grant(`grant-${id}`) },
      { consume: { kind: 'Token', id: `code-${id}`, attempt: id } },
      { insert: token(`token-${id}`) },
    ];
    return ['commit', writes, now];
  });
  const running = peer.run(redemptions, {
    inTurn: true,
    onAnswer: ({ index, outcome }) => {
      resultOf(outcome);
      acknowledged.add(ids[index] ?? '');
    },
  });
  const deadline = Date.now() + 10_000;
  while (acknowledged.size < 3 && Date.now() < deadline) await delay(1);
  await delay(Math.random() * 20);
  await peer.kill();
  await running;
  // What the database was sent before it may still be at work.
  await delay(200);

  assert.ok(acknowledged.size > 0, 'the process redeemed nothing');
  for (const id of ids) {
    const [handedOut, code, put] = await Promise.all([
      store.find('Token', { id: `token-${id}` }, now),
      store.find('Token', { id: `code-${id}` }, now),
      store.find('Grant', { id: `grant-${id}` }, now),
    ]);
    const paid = code?.consumed?.attempt === id;
    const parts = `${id}: code used ${paid}, token ${!!handedOut}, grant ${!!put}`;
    if (acknowledged.has(id))
      assert.ok(paid && handedOut && put, `acknowledged and lost, ${parts}`);
    if (handedOut || put) assert.ok(paid, `handed out for nothing, ${parts}`);
    if (transactions && paid) assert.ok(handedOut && put, `left in parts, ${parts}`);
    if (!paid && !handedOut && !put) break;
  }
}
