import { setTimeout as delay } from 'node:timers/promises';
import { browserOf, openApi, redeem, takeCode } from './client.js';
import type { Cluster } from './start-cluster.js';
import type { ClusterNode } from './start-node.js';

/** Within this a change that one node makes holds at all. */
export const boundMilliseconds = 2000;

/** Tokens of one grant, and what renews them. */
export interface Tokens {
  readonly jwt: string;
  readonly opaque: string;
  readonly refreshToken: string;
}

/** A cluster of a suite: it is there within a test. */
export type OpenCluster = () => Cluster;

/** How long each node took until it is so, in milliseconds. */
export function timesUntil(
  nodes: readonly ClusterNode[],
  isSo: (node: ClusterNode) => Promise<boolean>,
): Promise<number[]> {
  const started = performance.now();
  return Promise.all(
    nodes.map(async (node) => {
      for (;;) {
        const asked = performance.now() - started;
        if (await isSo(node)) return Math.round(asked);
        if (asked > 10 * boundMilliseconds) throw new Error('it never came to be so');
        await delay(50);
      }
    }),
  );
}

/** Prints how long it took, and holds it against the bound. */
export function expectInTime(
  cluster: Cluster,
  what: string,
  milliseconds: readonly number[],
): void {
  process.stderr.write(`${titleOf(cluster, what)}: ${milliseconds.join(', ')} ms\n`);
  expect(Math.max(...milliseconds)).toBeLessThanOrEqual(boundMilliseconds);
}

/** What was measured, and on which store. */
export function titleOf({ config }: Cluster, what: string): string {
  return `${config.store.kind}, ${what}`;
}

/** Whether a node refuses a JWT. */
export const jwtIsDead =
  (token: string) =>
  async ({ origin }: ClusterNode): Promise<boolean> =>
    (await openApi(origin, '/api/notes', token)) === 401;

/** All of these nodes take a token at an API. */
export async function expectOpens(
  nodes: readonly ClusterNode[],
  api: 'notes' | 'ledger',
  token: string,
): Promise<void> {
  for (const { origin } of nodes) expect(await openApi(origin, `/api/${api}`, token)).toBe(200);
}

/** A JWT and an opaque token of one grant, and what renews them. */
export async function logIn(cluster: Cluster, person: string): Promise<Tokens> {
  const browser = browserOf(cluster);
  const [first, second] = [
    await redeem(cluster, 'web', await takeCode(cluster, 'web', person, browser)),
    await redeem(cluster, 'web', await takeCode(cluster, 'web', person, browser, 'ledger:read')),
  ];
  return {
    jwt: String(first?.body.access_token),
    opaque: String(second?.body.access_token),
    refreshToken: String(first?.body.refresh_token),
  };
}

/** What a node publishes. */
export async function keysOf({ origin }: ClusterNode): Promise<unknown> {
  return (await fetch(`${origin}/auth/jwks`, { headers: { connection: 'close' } })).json();
}
