import { signingAlgorithms } from '../authorize/key-algorithm.js';
import type { SigningKeys } from '../issue/keys.js';
import { openidPaths } from './engine-paths.js';
import type { OpenidSettings } from './openid-settings.js';

/** What the document is made from. */
export interface OpenidMetadataParts {
  readonly issuer: string;
  readonly openid: OpenidSettings;
  readonly keys: Pick<SigningKeys, 'algs'>;
  /** Names of the steps that a client may ask for by `prompt`. */
  readonly prompts: readonly string[];
}

/**
 * What OpenID Connect adds to the metadata document: what works, and nothing else.
 *
 * @see [OpenID Connect Discovery §3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)
 */
export function openidMetadata(parts: OpenidMetadataParts): Readonly<Record<string, unknown>> {
  const { issuer, openid, keys, prompts } = parts;
  const algorithms = signingAlgorithms.filter((alg) => keys.algs.has(alg));
  return {
    userinfo_endpoint: `${issuer}${openidPaths.userinfo}`,
    end_session_endpoint: `${issuer}${openidPaths.logout}`,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: algorithms,
    userinfo_signing_alg_values_supported: algorithms,
    claim_types_supported: ['normal'],
    claims_supported: [
      ...['sub', 'iss', 'auth_time', 'amr'],
      ...(openid.acrValues.length > 0 ? ['acr'] : []),
      ...Object.keys(openid.claimScopes),
    ],
    claims_parameter_supported: true,
    ...(openid.acrValues.length > 0 ? { acr_values_supported: openid.acrValues } : {}),
    display_values_supported: ['page'],
    prompt_values_supported: ['none', ...prompts],
    // Of request objects: see request-metadata.
    request_parameter_supported: false,
    // Left out it would mean true (Discovery §3).
    request_uri_parameter_supported: false,
  };
}
