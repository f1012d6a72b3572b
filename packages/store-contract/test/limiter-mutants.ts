import { setImmediate as turn } from 'node:timers/promises';
import type { Counter, CounterOptions, Store } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Mutant } from './mutant.js';

/** A memory store that counts, in one place for all counters of a prefix. */
export function storeWithLimiter(mistake: MistakeOf = (counter) => counter): Store {
  const counters = new Map<string, RateLimiterMemory>();
  return {
    ...memoryStore(),
    limiter(options) {
      const counter = counters.get(options.keyPrefix) ?? new RateLimiterMemory(options);
      counters.set(options.keyPrefix, counter);
      return mistake(counter, options);
    },
  };
}

type MistakeOf = (counter: RateLimiterMemory, options: CounterOptions) => Counter;

const mutant = (mistake: string, caughtBy: string, mistakeOf: MistakeOf): Mutant => ({
  mistake,
  caughtBy,
  makeStore: () => storeWithLimiter(mistakeOf),
});

const changed = (counter: Counter, changes: Partial<Counter>): Counter => ({
  get: (key) => counter.get(key),
  consume: (key) => counter.consume(key),
  reward: (key, points) => counter.reward(key, points),
  delete: (key) => counter.delete(key),
  ...changes,
});

/** Mistakes about counting. */
export const limiterMutants: readonly Mutant[] = [
  mutant(
    'each counter counts for itself',
    'limiter gives no more points than there are to 50 callers at once',
    (_counter, options) => new RateLimiterMemory(options),
  ),
  mutant(
    'a point is looked for before it is taken',
    'limiter gives no more points than there are to 50 callers at once',
    (counter, { points }) =>
      changed(counter, {
        async consume(key) {
          const state = await counter.get(key);
          if ((state?.consumedPoints ?? 0) >= points) throw state;
          await turn();
          return counter.penalty(key);
        },
      }),
  ),
  mutant('prefixes are forgotten', 'limiter keeps keys and prefixes apart', (counter) =>
    Object.assign(counter, { getKey: (key: string) => key.toLowerCase() }),
  ),
  mutant(
    'each point prolongs the duration',
    'limiter begins anew after the duration, which later points do not prolong',
    (counter, { duration }) =>
      changed(counter, {
        async consume(key) {
          const { consumedPoints } = await counter.consume(key);
          return counter.set(key, consumedPoints, duration);
        },
      }),
  ),
  mutant(
    'there is no block',
    'limiter blocks from the first point too many on, and refusals do not prolong it',
    (counter) => Object.assign(counter, { blockDuration: 0 }),
  ),
  mutant(
    'a point that is given back stays taken',
    'limiter takes a point back, and forgets a key',
    (counter) => changed(counter, { reward: (key) => counter.get(key) }),
  ),
];
