import type { LimitDefinition, Limiter } from '../app/limits.js';
import { hashOf } from '../secrets.js';

/** A limiter that is asked about nobody who did not fail here. */
export interface RecentFailures {
  /** Seconds to wait by what this process knows now. */
  waitsHere(key: string): number | undefined;
  /** Seconds to wait by all processes. */
  waits(key: string): Promise<number | undefined>;
  /** Counts one. This process knows of it before the promise is there. */
  failed(key: string): Promise<void>;
}

interface Failures {
  /** Points that are used up, as the counter last said. */
  counted: number;
  /** Failures that the counter has not confirmed yet. */
  readonly pending: Set<Promise<void>>;
  /** Epoch milliseconds. */
  until: number;
  blockedUntil: number;
  /** How often `counted` was heard of: an answer that was overtaken is not news. */
  news: number;
}

/**
 * Keeps honest clients off the counting database: a process asks it about a key only if a failure of that key happened here
 * within the duration, and remembers a refusal until it ends.
 *
 * Threat: guesses spread over the processes, which count together but for the first guess on each process that has seen no
 * failure of the key yet. When more keys fail than are remembered, the oldest begins so anew; each guess gained in that way costs
 * as many others as there are places.
 */
export function recentFailures(
  limiter: Limiter,
  { points, durationSeconds }: LimitDefinition,
  places = 10_000,
): RecentFailures {
  const recent = new Map<string, Failures>();

  function find(key: string): Failures | undefined {
    const id = hashOf(key);
    const found = recent.get(id);
    if (!found || found.until > Date.now()) return found;
    recent.delete(id);
    return undefined;
  }

  function remember(key: string): Failures {
    const id = hashOf(key);
    const failures = find(key) ?? newFailures();
    failures.until = Date.now() + durationSeconds * 1000;
    // In the order of the last failure.
    recent.delete(id);
    recent.set(id, failures);
    const [oldest = ''] = recent.keys();
    if (recent.size > places) recent.delete(oldest);
    return failures;
  }

  function waitsOf(failures: Failures | undefined): number | undefined {
    const now = Date.now();
    if (!failures) return undefined;
    if (failures.blockedUntil > now) return Math.ceil((failures.blockedUntil - now) / 1000);
    const left = points - failures.counted - failures.pending.size;
    return left > 0 ? undefined : Math.ceil((failures.until - now) / 1000);
  }

  async function ask(
    failures: Failures,
    question: 'peek' | 'consume',
    key: string,
  ): Promise<number | undefined> {
    const { news } = failures;
    const { allowed, remaining, retryAfterSeconds } = await limiter[question](key);
    const counted = points - remaining;
    failures.counted = failures.news === news ? counted : Math.max(counted, failures.counted);
    failures.news += 1;
    if (allowed) return undefined;
    failures.blockedUntil = Date.now() + retryAfterSeconds * 1000;
    failures.until = Math.max(failures.until, failures.blockedUntil);
    return retryAfterSeconds;
  }

  return {
    waitsHere: (key) => waitsOf(find(key)),
    async waits(key) {
      const failures = find(key);
      if (!failures || failures.blockedUntil > Date.now()) return waitsOf(failures);
      // A point that is being taken must not be seen twice.
      await Promise.allSettled(failures.pending);
      return (await ask(failures, 'peek', key)) ?? waitsOf(failures);
    },
    async failed(key) {
      const failures = remember(key);
      const counting = count(failures, key).finally(() => failures.pending.delete(counting));
      failures.pending.add(counting);
      await counting;
    },
  };

  async function count(failures: Failures, key: string): Promise<void> {
    try {
      await ask(failures, 'consume', key);
    } catch (error) {
      // It happened, whether or not it could be told.
      failures.counted += 1;
      throw error;
    }
  }
}

function newFailures(): Failures {
  return { counted: 0, pending: new Set(), until: 0, blockedUntil: 0, news: 0 };
}
