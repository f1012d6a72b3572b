import { type BrowserAgent, browserAgent, type Reply } from '../../core/test/browser-agent.js';
import { robotClient } from '../../core/test/assertion.js';
import type { TestHost } from '../../core/test/host.js';
import { basic, secretOf, send } from '../../core/test/machine-client.js';
import type { Answer } from '../../core/test/oauth-client.js';
import { type ClientKey, providerSuite, requestParams, signingClients } from './request-object.js';

/** Parameters, or a whole form. */
type Params = string | Readonly<Record<string, unknown>>;
type Pushed = Answer & { readonly text: string };

/** How a test pushes requests and opens them; without `at`, at the host of the test. */
export interface Pushing {
  browser(at?: TestHost): BrowserAgent;
  /** Pushes a request as a client of the test host, each time from another address. */
  push(
    params: Params,
    options?: { at?: TestHost; clientId?: string; headers?: Record<string, string> },
  ): Promise<Pushed>;
  /** The same without an Authorization header. */
  pushBare(
    params: Params,
    options?: { at?: TestHost; headers?: Record<string, string> },
  ): Promise<Pushed>;
  /** Where the browser goes with what was pushed. */
  urlOf(requestUri: unknown, more?: Record<string, string>, at?: TestHost): string;
  /** Pushes a request that is right, but for what is changed, and opens it in a browser. */
  open(
    agent: BrowserAgent,
    more?: Readonly<Record<string, unknown>>,
    at?: TestHost,
  ): Promise<Reply & { readonly verifier: string }>;
}

/** Makes it. `host` is asked when it is needed: it starts after this. */
export function pushingAt(host: () => TestHost): Pushing {
  let callers = 0;
  const pushing: Pushing = {
    browser: (at = host()) => browserAgent(at.origin),
    push(params, { at = host(), clientId = 'web', headers = {} } = {}) {
      const authorization = basic(clientId, secretOf(clientId));
      return pushing.pushBare(params, { at, headers: { authorization, ...headers } });
    },
    pushBare(params, { at = host(), headers = {} } = {}) {
      callers += 1;
      const address = `10.2.${callers >> 8}.${callers & 255}`;
      const all = { 'x-forwarded-for': address, ...headers };
      return send(at, '/par', params as Record<string, string>, all);
    },
    urlOf(requestUri, more = {}, at = host()) {
      const request_uri = String(requestUri);
      return `${at.issuer}/authorize?${new URLSearchParams({ client_id: 'web', request_uri, ...more })}`;
    },
    async open(agent, more = {}, at = host()) {
      const { params, verifier } = requestParams(more);
      const { body } = await pushing.push(params, { at });
      return { ...(await agent.follow(pushing.urlOf(body.request_uri, {}, at))), verifier };
    },
  };
  return pushing;
}

/** A suite on a provider that takes pushed requests, and request objects that are signed with the key. */
export interface PushingSuite extends Pushing {
  readonly host: TestHost;
  readonly key: ClientKey;
}

/** Starts it for all tests of a file. */
export function pushingSuite(): PushingSuite {
  const suite = providerSuite((key) => ({
    clients: [...signingClients(key), robotClient(key)],
    openid: { requestObjects: true, pushedRequests: true },
    // Failures are counted per address; these tests make many.
    after: (app) => void app.set('trust proxy', true),
  }));
  return Object.assign(
    suite,
    pushingAt(() => suite.host),
  );
}
