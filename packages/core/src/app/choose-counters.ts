import { callable, contract, required } from '../check.js';
import type { Counter, CounterOptions, MakeCounter } from '../counter.js';
import { ConfigurationError } from '../errors.js';
import { createReport } from '../report.js';
import type { ResolvedOptions } from '../resolved-options.js';
import { countInProcess } from './create-limiter.js';
import { insureCounters } from './insure-counters.js';

const fix = 'A limiter of rate-limiter-flexible has get, consume, reward and delete.';
const method = required(callable, fix);
const checkCounter = contract<Counter>({
  get: method,
  consume: method,
  reward: method,
  delete: method,
});

/**
 * Where limits count: by the host's option, else in the store's database, else in this process, which is said where more
 * processes are to be expected.
 *
 * @returns What throws {@link ConfigurationError} when the host's function makes no counter.
 */
export function chooseCounters({
  store,
  limits,
  logger,
}: Pick<ResolvedOptions, 'store' | 'limits' | 'logger'>): MakeCounter {
  if (limits) return insureCounters(checkedBy('limits', limits), logger);
  if (store.limiter) return checkedBy('store.limiter', (options) => store.limiter?.(options));
  if (store.durable) {
    logger.warn(
      { store: store.name },
      'limits count in each process, so N processes allow N times as many guesses: set limits to (options) => new RateLimiterRedis({ storeClient, ...options }), or use a store that has limiter()',
    );
  }
  return countInProcess;
}

function checkedBy(path: string, make: (options: CounterOptions) => unknown): MakeCounter {
  return (options) => {
    const report = createReport();
    const at = report.root.at(path).hidden();
    let cause: unknown;
    try {
      const counter = checkCounter(make(options), at);
      if (counter) return counter;
    } catch (error) {
      cause = error;
      at.problem('must make a counter, and threw.');
    }
    throw new ConfigurationError('ERR_OPTIONS_INVALID', report.problems, { cause });
  };
}
