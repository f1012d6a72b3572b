import type { TestHost } from './host.js';
import { clients, ledgerApi } from './host.js';
import type { Answer } from './oauth-client.js';

/** The value of an Authorization header, with both parts form-urlencoded (RFC 6749 §2.3.1). */
export function basic(clientId: string, secret: string): string {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** The secret of a client of the test host. */
export function secretOf(clientId: string): string {
  const secret = clients.find((one) => one.client_id === clientId)?.client_secret;
  if (secret === undefined) throw new Error(`${clientId} has no secret`);
  return secret;
}

/** Sends whatever it is told to a machine endpoint, and adds nothing. */
export async function send(
  host: TestHost,
  path: string,
  body: string | Record<string, string> | string[][],
  headers: Record<string, string> = {},
): Promise<Answer & { readonly text: string }> {
  const response = await fetch(`${host.origin}${host.mount}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, body: parsed, text };
}

/** Asks about a token; by default as the client `web`, which sees its own tokens. */
export function introspect(
  host: TestHost,
  token: string,
  clientId = 'web',
  more: Record<string, string> = {},
): Promise<Answer> {
  const secret = clientId === ledgerApi.client_id ? ledgerApi.client_secret : secretOf(clientId);
  return send(host, '/introspect', { token, ...more }, { authorization: basic(clientId, secret) });
}

/** Calls an API of the test host with a token. */
export async function openApi(
  host: TestHost,
  path: '/api/notes' | '/api/machine' | '/api/ledger',
  token: string,
): Promise<{ status: number; challenge: string | null; body: unknown }> {
  const response = await fetch(`${host.origin}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  const challenge = response.headers.get('www-authenticate');
  return { status: response.status, challenge, body: text === '' ? undefined : JSON.parse(text) };
}

/** Asks until the answer is the one that is waited for, for at most so long; returns the last one. */
export async function until<Result>(
  ask: () => Promise<Result>,
  isIt: (result: Result) => boolean,
  milliseconds: number,
): Promise<Result> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const result = await ask();
    if (isIt(result) || performance.now() > end) return result;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
