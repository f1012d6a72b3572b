import { setTimeout as delay } from 'node:timers/promises';
import { askMachine } from './client.js';
import { addressOf } from './server-address.js';
import type { Cluster } from './start-cluster.js';

/** What a request needs of the store. */
export type Need = 'nothing' | 'reads' | 'writes';

/** A request, and what is expected of it. */
export interface Probe {
  readonly name: string;
  readonly audience: 'people' | 'programs';
  readonly needs: Need;
  /** What it answers while the store gives what it needs. */
  readonly status: number;
  send(): Promise<ProbeReply>;
}

/** What came back. */
export interface ProbeReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A probe's answer, with the time that it took. */
export interface Seen extends ProbeReply {
  readonly probe: Probe;
  readonly milliseconds: number;
}

/** Sends probes at once, and takes the time of each. */
export function sendAll(probes: readonly Probe[]): Promise<Seen[]> {
  return Promise.all(
    probes.map(async (probe) => {
      const started = performance.now();
      const reply = await probe.send();
      return { ...reply, probe, milliseconds: performance.now() - started };
    }),
  );
}

/** Milliseconds until every server gives a token again that it has to store. */
export async function timeToHeal(cluster: Cluster): Promise<number> {
  const started = performance.now();
  await Promise.all(
    cluster.nodes.map(async (node) => {
      const server = addressOf(cluster, node);
      while ((await askMachine(server, 'ledger:read')).status !== 200) await delay(20);
    }),
  );
  return performance.now() - started;
}
