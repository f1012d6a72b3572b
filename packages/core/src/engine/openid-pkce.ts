import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Client } from '../authorize/clients.js';
import { engine } from './load-engine.js';
import type { Notes } from './request-notes.js';
import { unitOfWork } from './unit-of-work.js';

/** Notes that the client of the running request may do without PKCE: the engine asks when it cannot wait for an answer. */
export function noteWithoutPkce(notes: Notes, { metadata }: Client): void {
  const { client_id: clientId, pkce, dangerouslyOmitNonce } = metadata;
  if (pkce === false) notes.withoutPkce = { clientId, needsNonce: !dangerouslyOmitNonce };
}

/**
 * Whether a request without a code challenge is refused. A client that cannot do PKCE binds the code to the browser by its nonce.
 *
 * @see OAuth 2.1 §7.5.1
 */
export function isPkceNeeded({ oidc }: KoaContextWithOIDC, client: { clientId: string }): boolean {
  const { withoutPkce } = unitOfWork().notes;
  if (withoutPkce?.clientId !== client.clientId) return true;
  if (!oidc.requestParamScopes.has('openid')) return true;
  if (withoutPkce.needsNonce && !oidc.params?.nonce) {
    throw new engine.errors.InvalidRequest('a client without PKCE must send a nonce');
  }
  return false;
}
