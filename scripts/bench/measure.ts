import type { ClusterNode } from '../cluster/start-node.js';

/** What a server did in some time. */
export interface Measure {
  readonly perSecond: number;
  /** Of the server's processor, microseconds. */
  readonly cost: number;
}

/** Counts what some work does, and what it costs the server. */
export async function measure(
  node: ClusterNode,
  work: () => Promise<number>,
  milliseconds: number,
): Promise<Measure> {
  const cpu = async (): Promise<number> => {
    const { user, system } = (await node.call('cpu')) as NodeJS.CpuUsage;
    return user + system;
  };
  const before = await cpu();
  const started = performance.now();
  const count = await work();
  const seconds = (performance.now() - started) / 1000;
  if (count === 0) throw new Error(`nothing was done in ${milliseconds} ms`);
  return { perSecond: count / seconds, cost: ((await cpu()) - before) / count };
}

/** The value in the middle; between two, their mean. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return (low + high) / 2;
}
