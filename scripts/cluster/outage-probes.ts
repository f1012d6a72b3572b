import type { Reply } from '../testing/browser-agent.js';
import { askMachine, browserOf, call, redeem, refresh } from './client.js';
import { consent, login, type OpenFlows, requestUrl } from './outage-flows.js';
import type { Need, Probe } from './send-probes.js';
import type { Cluster } from './start-cluster.js';

/** Requests to every endpoint, each in the middle of its flow. */
export interface Probes {
  readonly all: readonly Probe[];
  /** Requests that change nothing when they are served, to be sent by the hundred. */
  readonly harmless: readonly Probe[];
}

/** Makes the requests that come next in flows. */
export function probesOf(
  cluster: Cluster,
  { browser, code, opaque, jwt, spare, stranger, loginPage, newcomer, consentPage }: OpenFlows,
): Probes {
  const page = (name: string, needs: Need, status: number, send: () => Promise<Reply>): Probe => ({
    name,
    audience: 'people',
    needs,
    status,
    send,
  });
  const program = (
    name: string,
    needs: Need,
    send: () => Promise<{ status: number; headers: Headers; body: unknown }>,
  ): Probe => ({
    name,
    audience: 'programs',
    needs,
    status: 200,
    async send() {
      const { status, headers, body } = await send();
      return { status, headers, text: JSON.stringify(body) };
    },
  });
  const plain = (name: string, needs: Need, url: string, headers: HeadersInit = {}): Probe => ({
    name,
    audience: 'programs',
    needs,
    status: 200,
    async send() {
      const response = await fetch(url, { headers: { connection: 'close', ...headers } });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  });
  const harmless: Probe[] = [
    page('authorize', 'writes', 303, () => browser.get(requestUrl(cluster, 'web'))),
    page('authorize, unknown person', 'writes', 303, () =>
      browserOf(cluster).get(requestUrl(cluster, 'spa')),
    ),
    page('login page', 'reads', 200, () => stranger.get(loginPage.url)),
    page('consent page', 'reads', 200, () => newcomer.get(consentPage.url)),
    page('connected apps', 'reads', 200, () => browser.get(`${cluster.issuer}/apps`)),
    program('token, client credentials, opaque', 'writes', () =>
      askMachine(cluster, 'ledger:read'),
    ),
    program('token, client credentials, JWT', 'nothing', () => askMachine(cluster, 'notes:read')),
    program('introspect', 'reads', () =>
      call(cluster, '/introspect', 'web', { token: opaque.access }),
    ),
    plain('metadata', 'nothing', metadataUrl(cluster)),
    plain('jwks', 'nothing', `${cluster.issuer}/jwks`),
    plain('API with a JWT', 'nothing', `${cluster.origin}/api/notes`, bearer(jwt.access)),
    plain(
      'API with an opaque token',
      'reads',
      `${cluster.origin}/api/ledger`,
      bearer(opaque.access),
    ),
    plain('a route of the host', 'nothing', `${cluster.origin}/alive`),
  ];
  const all: Probe[] = [
    ...harmless,
    page('login form', 'writes', 303, () => stranger.press(loginPage, login)),
    page('consent form', 'writes', 303, () => newcomer.press(consentPage, consent)),
    program('login page as JSON', 'reads', async () => {
      const reply = await stranger.get(loginPage.url, { accept: 'application/json' });
      return { ...reply, body: JSON.parse(reply.text) };
    }),
    program('token, code', 'writes', () => redeem(cluster, 'web', code)),
    program('token, refresh', 'writes', () => refresh(cluster, 'web', opaque.refresh)),
    program('revoke', 'writes', () => call(cluster, '/revoke', 'web', { token: spare.refresh })),
  ];
  return { all, harmless };
}

function metadataUrl({ origin, issuer }: Cluster): string {
  return `${origin}/.well-known/oauth-authorization-server${new URL(issuer).pathname}`;
}

function bearer(token: string): HeadersInit {
  return { authorization: `Bearer ${token}` };
}
