import { setTimeout as delay } from 'node:timers/promises';
import type { PurgeOptions } from '@gatehouse/core';
import { expiredTokens } from './expired-tokens.js';
import { type Latencies, liveRequests } from './live-requests.js';
import { type Cluster, startCluster } from './start-cluster.js';
import type { StoreConfig } from './node-config.js';

/** What became of a purge while another node served. */
export interface PurgeReport {
  readonly before: Latencies;
  readonly during: Latencies;
  /** What was left when the node that purged was killed, and at the end. */
  readonly leftAtKill: number;
  readonly left: number;
  /** What the node that took its place removed. */
  readonly removedAfterKill: number;
  readonly seconds: number;
  /** The most that a purging node's heap grew, after a collection. */
  readonly heapGrowthBytes: number;
}

/**
 * Puts expired tokens into the database of two nodes, purges on one of them while the other serves, and kills the one that purges
 * in the middle; another process takes its place and goes on.
 */
export async function runPurge(
  store: Omit<StoreConfig, 'prefix'>,
  count: number,
): Promise<PurgeReport> {
  const cluster = await startCluster({ store, size: 2 });
  const stopLive = new AbortController();
  try {
    const live = await liveRequests(cluster, stopLive.signal);
    const tokens = await expiredTokens(cluster.config.store);
    try {
      await tokens.insert(count);
      await delay(3000);
      const before = live.take();
      const started = performance.now();
      const heap = heapWatch(cluster);
      await heap.sample();
      let removed = 0;
      while (removed < count * 0.3) removed += await purgeFor(cluster, { seconds: 0.01 });
      await heap.sample();
      // A kill in the middle of a call, which in such small batches no database is through with before.
      const cut = purgeFor(cluster, { seconds: 60, batchSize: 20 }, 1).catch(() => 0);
      await delay(20);
      await cluster.crash(0);
      await cut;
      const leftAtKill = await tokens.left();
      heap.restart();
      await heap.sample();
      const removedAfterKill = await purgeAll(cluster, heap.sample);
      const seconds = (performance.now() - started) / 1000;
      const during = live.take();
      const left = await tokens.left();
      const heapGrowthBytes = heap.growth();
      return { before, during, leftAtKill, left, removedAfterKill, seconds, heapGrowthBytes };
    } finally {
      stopLive.abort();
      await live.ended;
      await tokens.close();
    }
  } finally {
    await cluster.stop();
  }
}

async function purgeFor(
  { nodes }: Pick<Cluster, 'nodes'>,
  options: PurgeOptions,
  tries = 5,
): Promise<number> {
  try {
    const result = (await nodes[0]?.call('purge', options)) as { readonly removed: number };
    return result.removed;
  } catch (error) {
    // A database that is busy with something else may not answer in time: a job comes again.
    if (tries === 1) throw error;
    await delay(1000);
    return purgeFor({ nodes }, options, tries - 1);
  }
}

/** Purges as a job of a host does: again until nothing is left. */
async function purgeAll(cluster: Cluster, after: () => Promise<void>): Promise<number> {
  for (let removed = 0; ; ) {
    const more = await purgeFor(cluster, { seconds: 2 });
    if (more === 0) return removed;
    removed += more;
    await after();
  }
}

/** The heap of the first node, against what it was. */
function heapWatch({ nodes }: Cluster) {
  let base: number | undefined;
  let most = 0;
  return {
    async sample(): Promise<void> {
      const usage = (await nodes[0]?.call('memory')) as NodeJS.MemoryUsage | undefined;
      const heapUsed = usage?.heapUsed ?? Number.POSITIVE_INFINITY;
      base ??= heapUsed;
      most = Math.max(most, heapUsed - base);
    },
    /** Another process begins where it begins. */
    restart(): void {
      base = undefined;
    },
    growth: (): number => most,
  };
}
