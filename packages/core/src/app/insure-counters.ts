import { performance } from 'node:perf_hooks';
import { inTime } from '../bounded-store.js';
import type { Counter, MakeCounter } from '../counter.js';
import { countInProcess, isCounterState } from './create-limiter.js';
import type { Logger } from './logger.js';

const patienceMilliseconds = 1000;
const pauseMilliseconds = 2000;

/**
 * Lets each process count for itself while a counting database of the host's is out of reach, and says so once for each outage.
 * The library's own insurance has no time limit and tells nobody: a Redis that was stopped would hold every login.
 *
 * Threat: who can take that database down, or waits until it is, gets the allowance once more on each process, for as long as the
 * outage lasts. Refusing instead would let the same person lock everybody out; counting nothing would end the limits.
 */
export function insureCounters(makeCounter: MakeCounter, logger: Logger): MakeCounter {
  let isOut = false;
  let askAgainAt = 0;

  function back(): void {
    if (isOut) logger.info({}, 'the counters of limits are in reach again');
    isOut = false;
  }

  function lost(error: unknown): void {
    askAgainAt = performance.now() + pauseMilliseconds;
    if (isOut) return;
    isOut = true;
    logger.warn(
      { error },
      'the counters of limits are out of reach: each process counts for itself',
    );
  }

  return (options) => {
    const shared = makeCounter(options);
    const own = countInProcess(options);

    async function ask<Result>(call: (counter: Counter) => Promise<Result>): Promise<Result> {
      if (isOut && performance.now() < askAgainAt) return call(own);
      // One request looks whether it is back; the others do not wait for it.
      askAgainAt = performance.now() + patienceMilliseconds + pauseMilliseconds;
      try {
        const result = await inTime('the counter', patienceMilliseconds, () => call(shared));
        back();
        return result;
      } catch (error) {
        if (!isCounterState(error)) {
          lost(error);
          return call(own);
        }
        back();
        throw error;
      }
    }

    return {
      get: (key) => ask((counter) => counter.get(key)),
      consume: (key) => ask((counter) => counter.consume(key)),
      reward: (key, points) => ask((counter) => counter.reward(key, points)),
      delete: (key) => ask((counter) => counter.delete(key)),
    };
  };
}
