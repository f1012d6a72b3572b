import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { browserAgent, type BrowserAgent, type Reply } from '../../../core/test/browser-agent.js';
import { loadExpress, type TestHost } from '../../../core/test/host.js';
import { ada, headingOf } from '../../../core/test/interaction-page.js';

/** Where the clients are tried: at the root of the host, and at a path of it. */
export const mounts = ['', '/auth'] as const;

/** The secret of the clients that have one. */
export const secret = 'relying-party-secret-0123456789-abcdefgh';

/** An app of somebody else's, on an origin of its own. It gets its routes once the provider is there. */
export interface RelyingParty {
  readonly app: Express;
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts one, on a free port; as `localhost` it is on another site than the provider. */
export async function startRelyingParty(name = '127.0.0.1'): Promise<RelyingParty> {
  const express = await loadExpress();
  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    app,
    origin: `http://${name}:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Ada's browser, which goes back and forth between a provider and a relying party. */
export interface Visitor {
  /** Where it was, in order, without what stands in the query. */
  readonly trail: string[];
  /** Opens an address, goes where it is sent, and logs in where it is asked to. */
  visit(url: string): Promise<Reply>;
  /** Presses a button of a page. */
  press(page: Reply, fields: Record<string, string>): Promise<Reply>;
}

/** Opens it, at two origins that know nothing of each other's cookies. */
export function visitor(provider: TestHost, party: Pick<RelyingParty, 'origin'>): Visitor {
  const agents = new Map<string, BrowserAgent>(
    [provider, party].map(({ origin }) => [origin, browserAgent(origin)]),
  );
  const trail: string[] = [];

  function agentAt(url: string): BrowserAgent {
    const { origin, pathname } = new URL(url);
    const agent = agents.get(origin);
    if (agent === undefined) throw new Error(`sent to ${url}, where nobody is`);
    trail.push(`${origin}${pathname}`);
    return agent;
  }

  return {
    trail,
    press: (page, fields) => agentAt(page.url).submit(page, fields),
    async visit(url) {
      let reply = await agentAt(url).follow(url);
      for (let steps = 0; steps < 10; steps += 1) {
        if (reply.location !== undefined) {
          reply = await agentAt(reply.location).follow(reply.location);
        } else if (headingOf(reply) === 'Sign in') {
          reply = await agentAt(reply.url).submit(reply, ada);
        } else return reply;
      }
      throw new Error(`more than 10 steps: ${trail.join(', ')}`);
    },
  };
}
