import { setTimeout as delay } from 'node:timers/promises';
import { askMachine, openApi, redeem, refresh, takeCode } from './client.js';
import { addressOf } from './server-address.js';
import { type Cluster, nodeAt } from './start-cluster.js';

/** Answers of live requests. */
export interface Latencies {
  readonly count: number;
  readonly failed: readonly string[];
  readonly medianMilliseconds: number;
  readonly slowestMilliseconds: number;
}

/** Clients that go on until they are told to stop. */
export interface LiveRequests {
  /** Resolves when the last answer is there, after the stop. */
  readonly ended: Promise<void>;
  /** What was answered since the last call. */
  take(): Latencies;
}

/** Clients of the second node: each refreshes, opens an API, and asks for a token of its own, again and again. */
export async function liveRequests(cluster: Cluster, signal: AbortSignal): Promise<LiveRequests> {
  const server = addressOf(cluster, nodeAt(cluster, 1));
  let times: number[] = [];
  let failed: string[] = [];

  async function time<Result>(
    name: string,
    request: () => Promise<Result>,
    statusOf: (result: Result) => number,
  ): Promise<Result> {
    const started = performance.now();
    const result = await request();
    times.push(performance.now() - started);
    const status = statusOf(result);
    if (status !== 200) failed.push(`${name}: ${status}`);
    return result;
  }

  async function live(person: string): Promise<void> {
    const first = await redeem(server, 'web', await takeCode(cluster, 'web', person));
    let { refresh_token: token } = first.body;
    while (!signal.aborted) {
      const answer = await time(
        'refresh',
        () => refresh(server, 'web', String(token)),
        ({ status }) => status,
      );
      token = answer.body.refresh_token;
      const { body } = await time(
        'client_credentials',
        () => askMachine(server, 'ledger:read'),
        ({ status }) => status,
      );
      const own = String(body.access_token);
      await time(
        'API',
        () => openApi(server.origin, '/api/ledger', own),
        (status) => status,
      );
      await delay(20);
    }
  }

  const ended = Promise.all(['ada', 'bob'].map(live)).then(() => {});
  // Whoever waits for the end hears of it; until then nobody does.
  ended.catch((error) => failed.push(String(error)));
  while (times.length < 10 && failed.length === 0) await delay(20);
  return {
    ended,
    take(): Latencies {
      const sorted = times.sort((one, other) => one - other);
      const taken = {
        count: sorted.length,
        failed,
        medianMilliseconds: sorted[sorted.length >> 1] ?? 0,
        slowestMilliseconds: sorted.at(-1) ?? 0,
      };
      times = [];
      failed = [];
      return taken;
    },
  };
}
