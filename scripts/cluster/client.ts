import { randomBytes } from 'node:crypto';
import { type BrowserAgent, browserAgent, pkce, type Reply } from '../testing/browser-agent.js';
import { clientOf, redirectUriOf, type ServerAddress } from './server-address.js';

/** An answer of a machine endpoint. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A code that waits to be redeemed, and what proves that it may be. */
export interface Code {
  readonly code: string;
  readonly verifier: string;
}

/** A browser of its own for each person: sessions are not shared. */
export function browserOf({ origin }: ServerAddress, fetcher?: typeof fetch): BrowserAgent {
  return browserAgent(origin, origin, fetcher);
}

/** Sends a form to a machine endpoint, as the client that is named. Each request has its own connection, so its own turn. */
export async function call(
  server: ServerAddress,
  path: '/token' | '/revoke' | '/introspect',
  clientId: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const secret = clientOf(server, clientId).client_secret;
  const basic = Buffer.from(`${clientId}:${secret}`).toString('base64');
  const own = secret === undefined ? { client_id: clientId } : undefined;
  const response = await fetch(`${server.issuer}${path}`, {
    method: 'POST',
    headers: {
      connection: 'close',
      'content-type': 'application/x-www-form-urlencoded',
      ...(own ? {} : { authorization: `Basic ${basic}` }),
      ...headers,
    },
    body: new URLSearchParams({ ...own, ...fields }).toString(),
  });
  const text = await response.text();
  const body = text === '' ? {} : (JSON.parse(text) as Answer['body']);
  return { status: response.status, headers: response.headers, body };
}

/** A token of a client's own. */
export function askMachine(
  server: ServerAddress,
  scope: string,
  clientId = 'machine',
  headers?: Readonly<Record<string, string>>,
): Promise<Answer> {
  return call(server, '/token', clientId, { grant_type: 'client_credentials', scope }, headers);
}

/** Where an authorization request begins. */
export function authorizationUrl(
  server: ServerAddress,
  clientId: string,
  challenge: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const params = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUriOf(server, clientId),
    scope: 'notes:read',
    state: randomBytes(8).toString('hex'),
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  });
  return `${server.issuer}/authorize?${params}`;
}

/** The code of a redirect, if it has one. */
export function codeOf(location: string | undefined): string | undefined {
  const code = location === undefined ? null : new URL(location).searchParams.get('code');
  return code ?? undefined;
}

/** Opens an authorization request; logs the person in where asked. Returns the last reply. */
export async function authorize(
  server: ServerAddress,
  clientId: string,
  person: string,
  challenge: string,
  agent: BrowserAgent,
  more?: Readonly<Record<string, string>>,
): Promise<Reply> {
  const page = await agent.follow(authorizationUrl(server, clientId, challenge, more));
  if (!page.text.includes('name="password"')) return page;
  const login = { method: 'password', identifier: person, password: `${person}-pw` };
  return agent.submit(page, login);
}

/** A code of a person, who logs in first where this browser has no session. */
export async function takeCode(
  server: ServerAddress,
  clientId: string,
  person: string,
  agent: BrowserAgent = browserOf(server),
  scope?: string,
): Promise<Code> {
  const { verifier, challenge } = pkce();
  const { status, location, text } = await authorize(
    server,
    clientId,
    person,
    challenge,
    agent,
    scope === undefined ? {} : { scope },
  );
  const code = codeOf(location);
  if (code === undefined) throw new Error(`no code: ${status} ${location ?? text.slice(0, 1000)}`);
  return { code, verifier };
}

/** Redeems a code. */
export function redeem(server: ServerAddress, clientId: string, code: Code): Promise<Answer> {
  return call(server, '/token', clientId, {
    grant_type: 'authorization_code',
    code: code.code,
    code_verifier: code.verifier,
    redirect_uri: redirectUriOf(server, clientId),
  });
}

/** Refreshes. */
export function refresh(server: ServerAddress, clientId: string, token: string): Promise<Answer> {
  return call(server, '/token', clientId, { grant_type: 'refresh_token', refresh_token: token });
}

/** Calls an API of a node or of the cluster with a token. */
export async function openApi(origin: string, path: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, connection: 'close' };
  const response = await fetch(`${origin}${path}`, { headers });
  await response.arrayBuffer();
  return response.status;
}
