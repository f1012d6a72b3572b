import { clientAuthMethods, grantTypes } from '../authorize/client-methods.js';
import { signingAlgorithms } from '../authorize/key-algorithm.js';
import { enginePaths } from '../engine/engine-paths.js';

/** What the document is made from. */
export interface MetadataParts {
  readonly issuer: string;
  readonly scopes: readonly string[];
  /** Members of plugins. */
  readonly more: Readonly<Record<string, unknown>>;
  /** Members of OpenID Connect, where it is spoken. */
  readonly openid?: Readonly<Record<string, unknown>>;
  /** Members about the ways in which requests may come. */
  readonly requests?: Readonly<Record<string, unknown>>;
}

/**
 * The authorization server metadata document (RFC 8414 §2). It says what works, and nothing else.
 *
 * @see [RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414.html#section-2)
 */
export function serverMetadata({ issuer, scopes, more, openid, requests }: MetadataParts): object {
  const confidential = clientAuthMethods.filter((method) => method !== 'none');
  return {
    ...more,
    // After those of plugins: none of them changes what the core says of itself.
    issuer,
    authorization_endpoint: `${issuer}${enginePaths.authorization}`,
    token_endpoint: `${issuer}${enginePaths.token}`,
    jwks_uri: `${issuer}${enginePaths.jwks}`,
    scopes_supported: scopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: grantTypes,
    token_endpoint_auth_methods_supported: clientAuthMethods,
    token_endpoint_auth_signing_alg_values_supported: signingAlgorithms,
    revocation_endpoint: `${issuer}${enginePaths.revocation}`,
    revocation_endpoint_auth_methods_supported: clientAuthMethods,
    revocation_endpoint_auth_signing_alg_values_supported: signingAlgorithms,
    introspection_endpoint: `${issuer}${enginePaths.introspection}`,
    introspection_endpoint_auth_methods_supported: confidential,
    introspection_endpoint_auth_signing_alg_values_supported: signingAlgorithms,
    code_challenge_methods_supported: ['S256'],
    // RFC 9207 §3
    authorization_response_iss_parameter_supported: true,
    ...openid,
    ...requests,
  };
}
