import { setTimeout as delay } from 'node:timers/promises';
import { type Store, wrapStore } from '@gatehouse/core';

/**
 * How long {@link delayedStore} waits, before a call and again after it.
 *
 * @group store
 */
export interface DelayedStoreOptions {
  /** @default 1 */
  readonly minMs?: number;
  /** @default 5 */
  readonly maxMs?: number;
}

/**
 * Makes a store as slow as one across a network, so that calls overtake each other and races show.
 *
 * @param store - The store that does the work.
 * @param wait - Each wait is a random time between these bounds.
 * @returns A store with the same records.
 * @group store
 */
export function delayedStore(store: Store, wait: DelayedStoreOptions = {}): Store {
  const { minMs = 1, maxMs = 5 } = wait;
  const pause = (): Promise<void> => delay(minMs + Math.random() * (maxMs - minMs));
  return wrapStore(store, async (call) => {
    await pause();
    try {
      return await call();
    } finally {
      await pause();
    }
  });
}
