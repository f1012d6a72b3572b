import { type BrowserAgent, pkce, type Reply } from '../testing/browser-agent.js';
import type { Family, Journal } from './chaos-journal.js';
import { insist } from './chaos-requests.js';
import { authorize, browserOf, type Code, codeOf } from './client.js';
import type { SeededRandom } from './seeded-random.js';
import type { Cluster } from './start-cluster.js';

/** What a client works with. */
export interface ChaosClientParts {
  readonly clientId: 'spa' | 'web';
  readonly cluster: Cluster;
  readonly journal: Journal;
  readonly random: SeededRandom;
}

/** A person in a browser. */
export interface ChaosLogin {
  /** A code; the person logs in where that is due, and where it is not, the family's record says so. */
  takeCode(): Promise<Code | undefined>;
  /** The session was ended: the next login is due. */
  forget(): void;
}

/** Opens a browser. */
export function chaosLogin({
  clientId,
  cluster,
  journal: { counts },
  random,
  person,
  family,
}: ChaosClientParts & { readonly person: string; readonly family: () => Family }): ChaosLogin {
  const agent = browserOf(cluster);
  let known = false;
  const watched: BrowserAgent = {
    ...agent,
    submit(page, fields) {
      if (known) family().refusals.push('asked to log in again');
      known = false;
      return agent.submit(page, fields);
    },
  };

  async function tryOnce(): Promise<Code | undefined> {
    const { verifier, challenge } = pkce();
    let reply: Reply;
    try {
      reply = await authorize(cluster, clientId, person, challenge, watched, {
        scope: 'ledger:read',
      });
    } catch {
      return undefined;
    }
    const code = codeOf(reply.location);
    if (code === undefined) {
      if (reply.status !== 503) counts.detours += 1;
      if (reply.status === 500) family().refusals.push('login: 500');
      return undefined;
    }
    known = true;
    counts.logins += 1;
    return { code, verifier };
  }

  return {
    takeCode: () => insist('login', tryOnce, { family: family(), counts, random }),
    forget() {
      known = false;
    },
  };
}
