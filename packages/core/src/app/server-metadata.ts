import { assertionAlgs } from '../engine/assertion-algs.js';
import { enginePaths } from '../engine/engine-paths.js';

/** What the document is made from. */
export interface MetadataParts {
  readonly issuer: string;
  readonly scopes: readonly string[];
  readonly grantTypes: readonly string[];
  /** Members of plugins. */
  readonly more: Readonly<Record<string, unknown>>;
}

/**
 * The authorization server metadata document (RFC 8414 §2). It says what works, and nothing else.
 *
 * @see [RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414.html#section-2)
 */
export function serverMetadata({ issuer, scopes, grantTypes, more }: MetadataParts): object {
  const methods = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  const confidential = methods.filter((method) => method !== 'none');
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
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    revocation_endpoint: `${issuer}${enginePaths.revocation}`,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    introspection_endpoint: `${issuer}${enginePaths.introspection}`,
    introspection_endpoint_auth_methods_supported: confidential,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    code_challenge_methods_supported: ['S256'],
    // RFC 9207 §3
    authorization_response_iss_parameter_supported: true,
  };
}
