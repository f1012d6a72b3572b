import { pkce } from '../testing/browser-agent.js';
import {
  type Answer,
  authorize,
  browserOf,
  codeOf,
  openApi,
  redeem,
  refresh,
  takeCode,
} from './client.js';
import { show } from './race.js';
import type { Cluster } from './start-cluster.js';

/** What clients that kept going have seen. */
export interface LoadReport {
  /** Requests that were answered. */
  answered: number;
  /** Requests that were sent again, since their connection ended before anything of an answer came. */
  again: number;
  /** Rounds that a client has finished. */
  rounds: number;
  /** Answers that were not the right ones. */
  readonly faults: string[];
}

/** Clients that keep going until they are stopped. */
export interface Load {
  readonly report: Readonly<LoadReport>;
  stop(): Promise<LoadReport>;
}

/**
 * People who log in, and clients that redeem, refresh and call APIs with JWTs and opaque tokens, each with the tokens that it
 * has. Every answer has to be the right one. A request whose connection ended without a byte of an answer is sent again, as a
 * balancer does: had a server begun to process it, the code or token in it would be spent.
 */
export function startLoad(cluster: Cluster, clients: number): Load {
  const report: LoadReport = { answered: 0, again: 0, rounds: 0, faults: [] };
  let goesOn = true;

  async function send<Result>(request: () => Promise<Result>): Promise<Result> {
    for (let tries = 0; ; tries += 1) {
      try {
        const result = await request();
        report.answered += 1;
        return result;
      } catch (error) {
        // What was cut off in the middle is `terminated`. By its words: a test has a TypeError of its own.
        const isUnanswered = String(error) === 'TypeError: fetch failed';
        if (!isUnanswered || tries === 5) throw error;
        report.again += 1;
      }
    }
  }

  const fetcher: typeof fetch = (url, init) =>
    send(() => fetch(url, { ...init, headers: { ...init?.headers, connection: 'close' } }));

  function expectToken(what: string, answer: Answer, member: string): string {
    if (answer.status !== 200) throw new Error(`${what}: ${show(answer)}`);
    return String(answer.body[member]);
  }

  async function useApi(path: string, token: string): Promise<void> {
    const status = await send(() => openApi(cluster.origin, path, token));
    if (status !== 200) throw new Error(`${path}: ${status}`);
  }

  async function client(index: number): Promise<void> {
    const person = `client-${index}`;
    const browser = browserOf(cluster, fetcher);
    const first = await takeCode(cluster, 'web', person, browser);
    const begun = await send(() => redeem(cluster, 'web', first));
    let ours = expectToken('first code', begun, 'refresh_token');
    while (goesOn) {
      // The tokens that it had before the last restart.
      const renewed = await send(() => refresh(cluster, 'web', ours));
      await useApi('/api/notes', expectToken('refresh', renewed, 'access_token'));
      ours = expectToken('refresh', renewed, 'refresh_token');

      // The session that it had.
      const { verifier, challenge } = pkce();
      const { location } = await authorize(cluster, 'web', person, challenge, signedIn(browser));
      const code = codeOf(location) ?? '';
      const redeemed = await send(() => redeem(cluster, 'web', { code, verifier }));
      await useApi('/api/notes', expectToken('code', redeemed, 'access_token'));

      // Somebody new.
      const fresh = browserOf(cluster, fetcher);
      const other = await takeCode(cluster, 'spa', `${person}-again`, fresh, 'ledger:read');
      const opaque = await send(() => redeem(cluster, 'spa', other));
      await useApi('/api/ledger', expectToken('login', opaque, 'access_token'));
      report.rounds += 1;
    }
  }

  const running = Array.from({ length: clients }, (_, index) =>
    client(index).catch((error: unknown) => {
      report.faults.push(String(error));
    }),
  );
  return {
    report,
    async stop() {
      goesOn = false;
      await Promise.all(running);
      return report;
    },
  };
}

// A browser that is asked to log in again has lost its session.
function signedIn(browser: ReturnType<typeof browserOf>): ReturnType<typeof browserOf> {
  const refuse = async (): Promise<never> => {
    throw new Error('the session was lost');
  };
  return { ...browser, submit: refuse };
}
