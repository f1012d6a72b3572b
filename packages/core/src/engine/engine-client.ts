import type { Client } from '../authorize/clients.js';
import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import type { Payload } from './records.js';

/** What of OpenID Connect the engine is told of a client. */
export interface OpenidView {
  readonly algs: ReadonlySet<SigningAlgorithm>;
  readonly acrValues: readonly string[];
  /** Whether the running request has the `openid` scope. */
  readonly isAsked: boolean;
}

/** A client as the engine's own metadata. Its secret is not in it: see `useOwnSecrets` in create-engine. */
export function engineMetadata({ metadata, scopes }: Client, openid?: OpenidView): Payload {
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
    ...(openid ? openidMetadata(metadata, openid) : {}),
  };
}

function openidMetadata(metadata: Client['metadata'], openid: OpenidView): Payload {
  const { algs, acrValues, isAsked } = openid;
  const {
    id_token_signed_response_alg: idToken,
    userinfo_signed_response_alg: userinfo,
    default_max_age,
    default_acr_values: acrs = [],
  } = metadata;
  // The engine refuses a client with a value that it does not know.
  const default_acr_values = acrs.filter((acr) => acrValues.includes(acr));
  return {
    // Of a client that was registered when there were other keys.
    ...(idToken && algs.has(idToken) ? { id_token_signed_response_alg: idToken } : {}),
    ...(userinfo && algs.has(userinfo) ? { userinfo_signed_response_alg: userinfo } : {}),
    // The engine refuses every request of a client that has these, but for those with the scope.
    ...(isAsked && default_max_age !== undefined ? { default_max_age } : {}),
    ...(isAsked && default_acr_values.length > 0 ? { default_acr_values } : {}),
  };
}
