import { type BrowserAgent, browserAgent, type Reply } from './browser-agent.js';
import { type HostOptions, startHost, type TestHost } from './host.js';
import { press, start } from './interaction-page.js';
import { basic, secretOf, send } from './machine-client.js';
import type { Answer } from './oauth-client.js';

const publicOrigin = 'https://id.test';

/** Server processes, as far as limits can tell: each has a store and counters of its own on the same database. */
export function startNodes(
  count: number,
  optionsOf: (node: number) => HostOptions,
): Promise<TestHost[]> {
  const after: HostOptions['after'] = (app) => void app.set('trust proxy', true);
  const nodes = Array.from({ length: count }, (_, n) => ({ publicOrigin, after, ...optionsOf(n) }));
  return Promise.all(nodes.map(startHost));
}

/** Somebody at an address, as a proxy tells it, with a login page of one node. */
export interface Visitor {
  readonly agent: BrowserAgent;
  readonly page: Reply;
  attempt(identifier: string, password: string): Promise<Reply>;
}

/** Opens a login page. */
export async function visit(node: TestHost, address: string): Promise<Visitor> {
  const agent = browserAgent(node.origin, publicOrigin);
  const page = await start(node, agent, 'web');
  return {
    agent,
    page,
    attempt: (identifier, password) =>
      press(
        agent,
        page,
        { method: 'password', identifier, password },
        { 'x-forwarded-for': address },
      ),
  };
}

/** Seconds to wait, or 0 when the password was looked at. */
export function waitOf({ status, headers }: Reply): number {
  if (status === 422) return 0;
  if (status !== 429) throw new Error(`the answer is ${status}`);
  return Number(headers.get('retry-after'));
}

/** Authenticates as the client `machine`, from an address. */
export function authenticate(
  node: TestHost,
  address: string,
  secret: string = secretOf('machine'),
): Promise<Answer> {
  const headers = { authorization: basic('machine', secret), 'x-forwarded-for': address };
  return send(node, '/token', { grant_type: 'client_credentials', scope: 'notes:read' }, headers);
}
