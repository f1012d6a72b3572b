import type { ClientOptions } from '@gatehouse/core';
import { SignJWT } from 'jose';
import { type ClientKey, clientKey } from '../../core/test/assertion.js';
import { type BrowserAgent, pkce, type Reply } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { goHome } from '../../core/test/travel.js';
import { clients, startProvider } from './provider.js';

export { type ClientKey, clientKey };

/** The clients of the provider; `web` and `partner` sign request objects with the key. */
export function signingClients(
  { jwks }: ClientKey,
  more: Partial<ClientOptions> = {},
): readonly ClientOptions[] {
  return clients.map((client) =>
    client.client_id === 'web' || client.client_id === 'partner'
      ? { ...client, jwks, request_object_signing_alg: 'ES256', ...more }
      : client,
  );
}

/** The parameters of a request that is right, with the verifier that belongs to it. */
export function requestParams(more: Record<string, unknown> = {}): {
  params: Record<string, unknown>;
  verifier: string;
} {
  const { challenge, verifier } = pkce();
  const params: Record<string, unknown> = {
    client_id: 'web',
    response_type: 'code',
    redirect_uri: 'https://web.test/cb',
    scope: 'openid',
    state: 'state-inside',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  };
  for (const name of Object.keys(params)) if (params[name] === undefined) delete params[name];
  return { params, verifier };
}

/** The claims of a request object that is right; `undefined` takes one away. */
export function objectClaims(
  host: TestHost,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const { params } = requestParams();
  const claims: Record<string, unknown> = {
    iss: 'web',
    aud: host.issuer,
    iat: now,
    nbf: now,
    exp: now + 300,
    ...params,
    ...more,
  };
  for (const name of Object.keys(claims)) if (claims[name] === undefined) delete claims[name];
  return claims;
}

/** Signs a request object. */
export function sign(
  { alg, privateKey }: Pick<ClientKey, 'alg' | 'privateKey'>,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = { typ: 'oauth-authz-req+jwt' },
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(privateKey);
}

/** An unsecured JWT. */
export function unsecured(claims: Record<string, unknown>, alg = 'none'): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg })}.${part(claims)}.`;
}

/** A provider for all tests of a file, and the key that its clients sign with. */
export interface ProviderSuite {
  readonly host: TestHost;
  readonly key: ClientKey;
}

/** Starts it before the tests, and ends it after them. */
export function providerSuite(
  options: (key: ClientKey) => Parameters<typeof startProvider>[0],
): ProviderSuite {
  let key: ClientKey;
  let host: TestHost;
  beforeAll(async () => {
    key = await clientKey();
    host = await startProvider(options(key));
  });
  afterEach(goHome);
  afterAll(() => host.close());
  return {
    get host() {
      return host;
    },
    get key() {
      return key;
    },
  };
}

/** Sends a request object, with its claims changed. */
export type AskByObject = (
  agent: BrowserAgent,
  claims?: Record<string, unknown>,
  beside?: Record<string, string>,
) => Promise<Reply>;

/** A suite on a provider that takes request objects which are signed with the key. */
export interface SigningSuite extends ProviderSuite {
  readonly ask: AskByObject;
  /** Where the browser goes with a request object. */
  urlOf(request: string, beside?: Readonly<Record<string, string>>, at?: TestHost): string;
}

/** Starts it for all tests of a file. */
export function signingSuite(): SigningSuite {
  const suite = providerSuite((key) => ({
    clients: signingClients(key),
    openid: { requestObjects: true, acr: ['urn:acme:mfa'] },
  }));
  const urlOf: SigningSuite['urlOf'] = (request, beside = {}, { issuer } = suite.host) =>
    `${issuer}/authorize?${new URLSearchParams({ client_id: 'web', ...beside, request })}`;
  return Object.assign(suite, {
    urlOf,
    async ask(agent, claims = {}, beside = {}) {
      return agent.follow(urlOf(await sign(suite.key, objectClaims(suite.host, claims)), beside));
    },
  } satisfies Omit<SigningSuite, keyof ProviderSuite>);
}
