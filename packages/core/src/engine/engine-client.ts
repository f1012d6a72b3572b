import type { Client } from '../authorize/clients.js';
import type { Payload } from './records.js';

/** A client as the engine's own metadata. Its secret is not in it: see `useOwnSecrets` in create-engine. */
export function engineMetadata({ metadata, scopes }: Client): Payload {
  const { token_endpoint_auth_method, redirect_uris, grant_types, jwks } = metadata;
  const secret = token_endpoint_auth_method.startsWith('client_secret');
  return {
    client_id: metadata.client_id,
    ...(metadata.client_name === undefined ? {} : { client_name: metadata.client_name }),
    application_type: metadata.application_type,
    token_endpoint_auth_method,
    // The engine asks for one to be there, and never sees it used.
    ...(secret ? { client_secret: 'kept elsewhere' } : {}),
    ...(jwks === undefined ? {} : { jwks }),
    redirect_uris,
    grant_types,
    response_types: grant_types.includes('authorization_code') ? ['code'] : [],
    ...(scopes.size === 0 ? {} : { scope: [...scopes].join(' ') }),
  };
}
