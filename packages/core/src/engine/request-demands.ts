import type { Client } from '../authorize/clients.js';
import { asEngineError } from './engine-error.js';
import { engine } from './load-engine.js';
import type { Notes } from './request-notes.js';
import { unitOfWork } from './unit-of-work.js';

/** Notes how the requests of a client must come: the engine asks when it cannot wait for an answer. */
export function noteDemands(notes: Notes, { metadata }: Client, everyPushed: boolean): void {
  notes.demands = {
    clientId: metadata.client_id,
    signed: metadata.require_signed_request_object ?? false,
    pushed: everyPushed || (metadata.require_pushed_authorization_requests ?? false),
  };
}

/**
 * Refuses a request that came otherwise than its client's must, or whose way here failed. Called once its client is known, and before
 * anything else is looked at.
 *
 * Threat: a browser that changes what the client asked for. Whoever signs or pushes relies on that nothing else is taken.
 *
 * @see [RFC 9101 §10.5](https://www.rfc-editor.org/rfc/rfc9101.html#section-10.5) and
 * [RFC 9126 §6](https://www.rfc-editor.org/rfc/rfc9126.html#section-6)
 */
export function checkDemands(clientId: string): void {
  const { demands, requestFault, signed } = unitOfWork().notes;
  if (requestFault) throw asEngineError(requestFault);
  if (demands?.clientId !== clientId) throw new Error('the demands of another client are noted');
  const { route, entities } = engine.Provider.ctx?.oidc ?? {};
  if (demands.pushed && route === 'authorization' && !entities?.PushedAuthorizationRequest) {
    throw new engine.errors.InvalidRequest('requests of this client must be pushed');
  }
  if (demands.signed && !signed) {
    throw new engine.errors.InvalidRequest('requests of this client must be request objects');
  }
}
