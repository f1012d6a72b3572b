import type { Configuration } from 'oidc-provider';
import { signingAlgorithms } from '../authorize/key-algorithm.js';
import type { SigningKeys } from '../issue/keys.js';
import { openidPaths } from './engine-paths.js';
import type { OpenidSettings } from './openid-settings.js';

/** Switches on, in a configuration that speaks OAuth alone, what OpenID Connect needs of the engine. */
export function speakOpenid(
  configuration: Configuration,
  openid: OpenidSettings,
  keys: SigningKeys,
): void {
  const algorithms = [...keys.algs];
  Object.assign(configuration, {
    routes: { ...configuration.routes, userinfo: openidPaths.userinfo },
    acrValues: [...openid.acrValues],
    // OpenID Connect Core §15.1, Dynamic Registration §2: what a client gets that registered nothing.
    clientDefaults: { id_token_signed_response_alg: 'RS256' },
    enabledJWA: {
      clientAuthSigningAlgValues: [...signingAlgorithms],
      idTokenSigningAlgValues: algorithms,
      userinfoSigningAlgValues: algorithms,
    },
    // OpenID Connect Core §11: what outlives the person's session is asked for by name.
    expiresWithSession: (_ctx, { scopes }) => !scopes.has('offline_access'),
    ttl: { ...configuration.ttl, IdToken: openid.idTokenLifetimeSeconds },
    features: {
      ...configuration.features,
      userinfo: { enabled: true },
      jwtUserinfo: { enabled: true },
      claimsParameter: { enabled: true },
    },
  } as Configuration);
}
