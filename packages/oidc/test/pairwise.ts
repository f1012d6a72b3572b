import type { ClientOptions } from '@gatehouse/core';
import { decodeJwt } from 'jose';
import { browserAgent } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { ada } from '../../core/test/interaction-page.js';
import { redeem, takeCode } from '../../core/test/oauth-client.js';
import { clients as publicClients } from './provider.js';

/** Where the browser goes back to at the client `sibling`. */
export const redirect_uri = 'https://web.test/other';

/** Clients of two sectors, two of them in one, and one that knows people by their account. */
export const clients: readonly ClientOptions[] = [
  ...publicClients.map((client) =>
    client.client_id === 'web' || client.client_id === 'spa'
      ? { ...client, subject_type: 'pairwise' as const }
      : client,
  ),
  {
    client_id: 'sibling',
    token_endpoint_auth_method: 'none',
    redirect_uris: [redirect_uri],
    subject_type: 'pairwise',
    userinfo_signed_response_alg: 'ES256',
    scope: 'openid notes:read',
    firstParty: true,
  },
];

/** Logs a person in and returns what the client got. */
export async function tokensOf(
  at: TestHost,
  clientId: string,
  { scope = 'openid', person = ada, agent = browserAgent(at.origin) } = {},
): Promise<{ id_token: string; access_token: string; refresh_token: string }> {
  const more = clientId === 'sibling' ? { redirect_uri } : {};
  const walk = { agent, person, params: { scope, ...more } };
  const { code, verifier } = await takeCode(at, clientId, walk);
  const { body } = await redeem(at, clientId, code, verifier, more);
  return body as never;
}

export async function subjectOf(at: TestHost, clientId: string, person = ada): Promise<string> {
  return String(decodeJwt((await tokensOf(at, clientId, { person })).id_token).sub);
}
