import { performance } from 'node:perf_hooks';
import type { Clock } from '../clock.js';
import type { Store } from '../store.js';

/** How much one purge may do. */
export interface PurgeOptions {
  /** Records per batch. @default 1000 */
  readonly batchSize?: number;
  /** No new batch is started after this long. @default 10 */
  readonly seconds?: number;
}

/** Removes expired records batch by batch. It can be ended at any point and started again. */
export async function purge(
  store: Store,
  clock: Clock,
  { batchSize = 1000, seconds = 10 }: PurgeOptions = {},
): Promise<{ removed: number }> {
  const ends = performance.now() + seconds * 1000;
  let removed = 0;
  while (store.purge && performance.now() < ends) {
    const batch = await store.purge(clock.now(), batchSize);
    removed += batch.removed;
    if (!batch.more) break;
  }
  return { removed };
}
