import { browserAgent, type BrowserAgent, pkce, type Reply } from './browser-agent.js';
import { clients, type TestHost } from './host.js';

/** An answer of a machine endpoint. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Tokens of a walked flow. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token?: string;
  readonly scope: string;
  readonly expires_in: number;
}

/** Parameters of an authorization request that is right; `more` changes them. */
export function authorizationUrl(
  host: TestHost,
  clientId: string,
  challenge: string,
  more: Record<string, string> = {},
): string {
  const redirect_uri = clients.find((one) => one.client_id === clientId)?.redirect_uris?.[0] ?? '';
  const params = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri,
    scope: 'notes:read',
    state: 'the-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  });
  for (const [name, value] of Object.entries(more)) if (value === '') params.delete(name);
  return `${host.issuer}/authorize?${params}`;
}

/** Sends a form to a machine endpoint, authenticated as a client of the test host. */
export async function call(
  host: TestHost,
  path: '/token' | '/revoke' | '/introspect',
  clientId: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const secret = clients.find((one) => one.client_id === clientId)?.client_secret;
  const basic = Buffer.from(`${clientId}:${secret}`).toString('base64');
  const response = await fetch(`${host.origin}${host.mount}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(secret === undefined ? {} : { authorization: `Basic ${basic}` }),
      ...headers,
    },
    body: new URLSearchParams({
      ...(secret === undefined ? { client_id: clientId } : {}),
      ...fields,
    }).toString(),
  });
  const text = await response.text();
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, headers: response.headers, body };
}

/** Logs a person in where asked, presses Allow where asked, and returns the redirect to the client. */
export async function authorize(
  agent: BrowserAgent,
  url: string,
  person: { identifier: string; password: string } = { identifier: 'ada', password: 'ada-pw' },
): Promise<Reply> {
  let page = await agent.follow(url);
  for (let steps = 0; steps < 4 && page.location === undefined; steps += 1) {
    if (page.text.includes('name="password"'))
      page = await agent.submit(page, { method: 'password', ...person });
    else {
      const decision = /value="(allow|continue)"/.exec(page.text)?.[1];
      if (decision === undefined) break;
      page = await agent.submit(page, { decision });
    }
  }
  return page;
}

/** The code of a redirect to the client. */
export function codeOf(reply: Reply): string {
  const code = new URL(reply.location ?? 'none:').searchParams.get('code');
  if (code === null)
    throw new Error(`no code: ${reply.status} ${reply.location ?? reply.text.slice(0, 2000)}`);
  return code;
}

/** Redeems a code. */
export function redeem(
  host: TestHost,
  clientId: string,
  code: string,
  verifier: string,
  more: Record<string, string> = {},
): Promise<Answer> {
  const redirect_uri = clients.find((one) => one.client_id === clientId)?.redirect_uris?.[0] ?? '';
  return call(host, '/token', clientId, {
    grant_type: 'authorization_code',
    code,
    redirect_uri,
    code_verifier: verifier,
    ...more,
  });
}

/** Who walks a flow, in which browser, and what the client asks for. */
export interface Walk {
  readonly agent?: BrowserAgent;
  readonly params?: Record<string, string>;
  readonly person?: { identifier: string; password: string };
}

/** A code that is ready to be redeemed, with what belongs to it. */
export async function takeCode(
  host: TestHost,
  clientId: string,
  { agent = browserAgent(host.origin), params = {}, person }: Walk = {},
): Promise<{ code: string; verifier: string; challenge: string }> {
  const pair = pkce();
  const url = authorizationUrl(host, clientId, pair.challenge, params);
  return { code: codeOf(await authorize(agent, url, person)), ...pair };
}

/** The whole flow of one browser: authorize, redeem. */
export async function logIn(host: TestHost, clientId: string, walk: Walk = {}): Promise<Tokens> {
  const { code, verifier } = await takeCode(host, clientId, walk);
  const { status, body } = await redeem(host, clientId, code, verifier);
  if (status !== 200) throw new Error(`token endpoint: ${status} ${JSON.stringify(body)}`);
  return body as unknown as Tokens;
}

/** Refreshes. */
export function refresh(
  host: TestHost,
  clientId: string,
  refreshToken: string,
  more: Record<string, string> = {},
): Promise<Answer> {
  return call(host, '/token', clientId, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...more,
  });
}
