import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Counter, CounterOptions, CounterState, Store } from '@gatehouse/core';
import type { ContractCase } from '../contract-case.js';
import { opened, resultOf } from '../peers.js';

const needs = 'limiter';
const key = 'Wb0-the_hash-of-a-key-is-43-characters-long';
const minute: CounterOptions = { keyPrefix: 'gatehouse:a:1', points: 5, duration: 60 };

// Clocks of databases and processes tick apart.
const slack = 100;

/** Counting guesses for all processes. */
export const limiterCases: readonly ContractCase[] = [
  {
    name: 'limiter gives a key its points, says how far it is, and refuses the next',
    needs,
    async run({ store }) {
      const counter = counterOf(store, minute);
      assert.equal(await counter.get(key), null);
      for (let taken = 1; taken <= 5; taken += 1) {
        assert.equal((await counter.consume(key)).consumedPoints, taken);
        assert.equal((await counter.get(key))?.consumedPoints, taken);
      }
      const refused = await refusal(counter);
      assert.ok(refused.consumedPoints > 5, 'a refusal says that there were points');
      assertTime(refused, 60);
      assertTime(await counter.get(key), 60);
    },
  },
  {
    name: 'limiter keeps keys and prefixes apart',
    needs,
    async run({ store }) {
      const counters = [minute, { ...minute, keyPrefix: 'gatehouse:a:2' }];
      for (const options of counters) {
        const counter = counterOf(store, options);
        for (const one of [key, key.toLowerCase(), `${key}1`]) {
          assert.equal((await counter.consume(one)).consumedPoints, 1);
        }
      }
    },
  },
  {
    name: 'limiter gives no more points than there are to 50 callers at once',
    needs,
    async run({ store }) {
      const counters = [counterOf(store, minute), counterOf(store, minute)];
      const callers = Array.from({ length: 50 }, (_, n) => counters[n % 2] as Counter);
      const outcomes = await Promise.allSettled(callers.map((counter) => counter.consume(key)));
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      for (const { reason } of refused as PromiseRejectedResult[]) assertRefusal(reason);
      assert.equal(outcomes.length - refused.length, 5);
    },
  },
  {
    name: 'limiter takes a point back, and forgets a key',
    needs,
    async run({ store }) {
      const counter = counterOf(store, minute);
      for (let taken = 1; taken <= 5; taken += 1) await counter.consume(key);
      await counter.reward(key, 1);
      assert.equal((await counter.consume(key)).consumedPoints, 5);
      await refusal(counter);
      await counter.delete(key);
      assert.equal(await counter.get(key), null);
      assert.equal((await counter.consume(key)).consumedPoints, 1);
      await counter.delete('a key that nobody has counted');
    },
  },
  {
    name: 'limiter begins anew after the duration, which later points do not prolong',
    needs,
    async run({ store }) {
      const counter = counterOf(store, { ...minute, duration: 1 });
      await counter.consume(key);
      const started = performance.now();
      await delay(300);
      const second = await counter.consume(key);
      assert.ok(second.msBeforeNext <= 1000 - 300 + slack, 'a later point prolongs the duration');
      while (((await counter.get(key))?.consumedPoints ?? 0) > 0) await delay(100);
      assert.ok(performance.now() - started > 1000 - slack, 'points come back too early');
      assert.equal((await counter.consume(key)).consumedPoints, 1);
    },
  },
  {
    name: 'limiter blocks from the first point too many on, and refusals do not prolong it',
    needs,
    async run({ store }) {
      // Longer than the duration, and shorter.
      for (const [duration, blockDuration] of [
        [1, 2],
        [60, 1],
      ] as const) {
        const keyPrefix = `gatehouse:b:${duration}`;
        const counter = counterOf(store, { keyPrefix, points: 1, duration, blockDuration });
        await counter.consume(key);
        const started = performance.now();
        assertTime(await refusal(counter), blockDuration);
        while ((await counter.consume(key).catch(assertRefusal)).consumedPoints > 1)
          await delay(100);
        const passed = performance.now() - started;
        assert.ok(passed > blockDuration * 1000 - slack, 'the block ends too early');
      }
    },
  },
  {
    name: 'limiter counts for 4 processes together',
    needs: ['limiter', 'processes'],
    async run({ store, startProcesses }) {
      const peers = await opened(await startProcesses(4));
      const startAt = Date.now() + 50;
      const options = { ...minute, points: 30 };
      const calls = Array.from({ length: 25 }, () => ['limiter', options, key] as const);
      const outcomes = await Promise.all(peers.map((peer) => peer.run(calls, { startAt })));
      assert.equal(outcomes.flat().filter((outcome) => resultOf(outcome) === true).length, 30);
      await refusal(counterOf(store, options));
      await counterOf(store, options).delete(key);
      const [after] = await Promise.all(peers.map((peer) => peer.run(calls.slice(0, 1))));
      assert.equal(after?.length, 1);
      assert.equal((await counterOf(store, options).get(key))?.consumedPoints, 4);
    },
  },
];

function counterOf(store: Store, options: CounterOptions): Counter {
  const counter = store.limiter?.(options);
  assert.ok(counter, 'limiter makes no counter');
  return counter;
}

/** What a counter refuses a point with. */
async function refusal(counter: Counter): Promise<CounterState> {
  return counter.consume(key).then(() => assert.fail('a point too many was given'), assertRefusal);
}

function assertRefusal(reason: unknown): CounterState {
  if (reason instanceof Error) throw reason;
  return reason as CounterState;
}

/** A key has to wait, and for no longer than so many seconds. */
function assertTime(state: CounterState | null, seconds: number): void {
  const wait = state?.msBeforeNext ?? 0;
  assert.ok(wait > (seconds - 1) * 1000 - 500 && wait <= seconds * 1000, `waits ${wait} ms`);
}
