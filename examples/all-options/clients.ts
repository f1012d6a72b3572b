import type { ClientOptions } from '@gatehouse/core';
import type { Every } from './every.js';
import { settings } from './your-app.js';

// #region clients
/** A client, by the names of RFC 7591. */
export const web = {
  // Needed.
  client_id: 'web',
  // What people read on the consent page. Without it, the id.
  client_name: 'web',
  // A client on a server has this or `jwks`; one in a browser or on a device has neither.
  client_secret: settings.webSecret,
  // 'none' for a client that can keep no secret, 'private_key_jwt' for one with `jwks`.
  token_endpoint_auth_method: 'client_secret_basic',
  // { keys: [ … ] }: public keys, in place of a secret, or to sign its requests with.
  jwks: undefined,
  // Needed where people log in. Exact strings.
  redirect_uris: ['https://app.acme.example/callback'],
  // Without 'refresh_token' people come back by the browser. ['client_credentials'] for a client that acts for itself.
  grant_types: ['authorization_code', 'refresh_token'],
  // Needed, but for a first-party client. The most that it can get.
  scope: 'openid profile email offline_access notes:read notes:write',
  // 'native' follows from the redirect URIs of an app on a device, and opens the port of loopback addresses.
  application_type: 'web',
  // Shown where people decide: links and a logo, https: URLs.
  client_uri: undefined,
  logo_uri: undefined,
  policy_uri: undefined,
  tos_uri: undefined,
  // E-mail addresses, for you.
  contacts: undefined,
  // 'ES256' is quicker to make. RS256 is what every library can check.
  id_token_signed_response_alg: 'RS256',
  // 'RS256': userinfo comes as a signed JWT. For clients that keep it as evidence.
  userinfo_signed_response_alg: undefined,
  // Where the browser may go after a logout. Exact strings.
  post_logout_redirect_uris: undefined,
  // Where the client is told that a session has ended, for one that has sessions of its own.
  backchannel_logout_uri: undefined,
  // `sid` is always in logout tokens, and `auth_time` in ID tokens: these two are taken for the sake of registrations that say them.
  backchannel_logout_session_required: false,
  require_auth_time: false,
  // 'pairwise': it knows people by a `sub` that other clients do not know.
  subject_type: 'public',
  // For a pairwise client with redirect URIs on several hosts.
  sector_identifier_uri: undefined,
  // For a client that signs its requests: 'ES256' refuses any other algorithm, and `true` refuses what is not signed.
  request_object_signing_alg: undefined,
  require_signed_request_object: false,
  // `true` keeps its requests out of addresses.
  require_pushed_authorization_requests: false,
  // For a client whose library cannot send `max_age` and `acr_values`.
  default_max_age: undefined,
  default_acr_values: undefined,
  // For a library that never asks at userinfo.
  claimsInIdToken: false,
  // For a library that cannot do PKCE; the second, for one that cannot do `nonce` either. Not for a client of your own.
  pkce: true,
  dangerouslyOmitNonce: false,
  // Your own client: nobody is asked for consent.
  firstParty: false,
  // For a client on a server that shares one refresh token among processes.
  rotate: true,
} satisfies Every<ClientOptions>;
// #endregion clients
