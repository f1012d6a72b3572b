import { UnsecuredJWT } from 'jose';
import type { Provider } from 'oidc-provider';
import type { Clock } from '../clock.js';
import { OAuthError } from '../errors.js';
import type { NewRecord } from '../store.js';
import { asEngineError } from './engine-error.js';
import type { SessionChanged } from './find-interaction.js';
import { engine } from './load-engine.js';
import { storedIdOf } from './records.js';
import { queryOf } from './request-view.js';
import { unitOfWork } from './unit-of-work.js';

/** What `request_uri` begins with where the rest names a pushed request (RFC 9126 §2.2). */
export const pushedPrefix = 'urn:ietf:params:oauth:request_uri:';

/** The kind of pushed requests. */
export const pushedKind = 'PushedAuthorizationRequest';

const lifetimeSeconds = 60;

/** What a client, or a person with its `request_uri`, is told of a pushed request that cannot be used. */
export function unusableRequest(): OAuthError {
  const words = 'request_uri is invalid, expired, or was already used';
  return new OAuthError('invalid_request_uri', words);
}

/** A pushed request stays as long as a page that it led to, which uses it up at the end. */
export function retainPushed(record: NewRecord, interactionSeconds: number): NewRecord {
  const { expiresAt = 0 } = record;
  return { ...record, expiresAt: expiresAt + interactionSeconds };
}

/**
 * Threat: two tabs that began with one pushed request, and wait until its record is gone. Each would then get a code of it: the engine
 * uses up what it finds, and goes on without.
 */
export function refuseLostRequest(): void {
  if (engine.Provider.ctx?.oidc?.route === 'resume') throw asEngineError(unusableRequest());
}

interface EngineRequest {
  save(ttl: number): Promise<string>;
}

type PushedModel = new (payload: { request: string; trusted: boolean }) => EngineRequest;

/**
 * The query by which a browser asks for the same once more. Of a request that was pushed or signed, its parameters are for nobody's
 * eyes or may not come in the open: the server pushes it itself, in the place of the one that there was.
 */
export async function askAgainQuery(
  { params, client, pushedId }: SessionChanged,
  { provider, issuer, clock }: { provider: Provider; issuer: string; clock: Clock },
): Promise<string> {
  const { client_id: clientId, require_signed_request_object: signed } = client.metadata;
  if (pushedId === undefined && !signed) return queryOf(params);
  const unit = unitOfWork();
  if (pushedId !== undefined) {
    const id = storedIdOf(pushedKind, pushedId);
    const record = await unit.find(pushedKind, { id });
    // Asked for again, it is refused.
    if (!record || record.consumed) return referenceTo(clientId, pushedId);
    unit.consume(pushedKind, id);
  }
  const now = clock.now();
  const request = new UnsecuredJWT({ ...params })
    .setIssuer(clientId)
    .setAudience(issuer)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds)
    .encode();
  const { PushedAuthorizationRequest } = provider as unknown as {
    PushedAuthorizationRequest: PushedModel;
  };
  const made = new PushedAuthorizationRequest({ request, trusted: true });
  return referenceTo(clientId, await made.save(lifetimeSeconds));
}

function referenceTo(client_id: string, id: string): string {
  return new URLSearchParams({ client_id, request_uri: `${pushedPrefix}${id}` }).toString();
}
