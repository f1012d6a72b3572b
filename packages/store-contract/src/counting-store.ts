import { type Store, wrapStore } from '@gatehouse/core';

/**
 * A store that knows what it was asked.
 *
 * @group store
 */
export interface CountingStore extends Store {
  /** How many calls were started since the last reset. */
  calls(): number;
  /** The longest chain of calls of which each began after the one before it had ended. */
  rounds(): number;
  /** Starts both counts from nothing. */
  reset(): void;
}

/**
 * Counts the calls of a store, and the sequential rounds that they took: what a request waits for on a remote database.
 *
 * @param store - The store that does the work.
 * @returns A store with the same records.
 * @group store
 */
export function countingStore(store: Store): CountingStore {
  let count = { calls: 0, started: 0, ended: 0 };

  const counted = wrapStore(store, async (call) => {
    const current = count;
    current.calls += 1;
    const round = current.ended + 1;
    current.started = Math.max(current.started, round);
    try {
      return await call();
    } finally {
      current.ended = Math.max(current.ended, round);
    }
  });

  return {
    ...counted,
    calls: () => count.calls,
    rounds: () => count.started,
    reset() {
      count = { calls: 0, started: 0, ended: 0 };
    },
  };
}
