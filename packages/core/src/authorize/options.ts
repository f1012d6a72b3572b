import type { AccountsOptions } from './accounts.js';

/** An API that accepts access tokens. The key of `resources` is its identifier (RFC 8707 §2), an absolute URI. */
export interface ResourceOptions {
  /** What people read on the consent page. */
  name: string;
  /** Scope names with the words that the consent page shows. A name belongs to one resource only. */
  scopes: Readonly<Record<string, string>>;
  /** `jwt`: RFC 9068, checked without a call. `opaque`: revocable at once everywhere. @default 'jwt' */
  accessToken?: {
    format?: 'jwt' | 'opaque';
    /** @default 600 for jwt and for machine clients, 3600 for opaque */
    lifetimeSeconds?: number;
    /** JWS algorithm of JWTs. @default 'ES256' */
    alg?: 'ES256' | 'RS256' | 'PS256' | 'EdDSA';
  };
  /** The resource's own credential at the introspection endpoint. It sees tokens of this resource and nothing else. */
  introspection?: { client_id: string } & (
    | { client_secret: string }
    | { jwks: { keys: readonly object[] } }
  );
}

/** All resources of the server. */
export type ResourcesOptions = Readonly<Record<string, ResourceOptions>>;

/** Client authentication methods (RFC 7591 §2). */
export type ClientAuthMethod =
  | 'none'
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt';

/** Grant types that the server ships. */
export type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials';

/** A client, named as RFC 7591 §2 names its metadata. */
export interface ClientOptions {
  client_id: string;
  /** What people read on the consent page. */
  client_name?: string;
  /** 32 characters or more. A client without one states `token_endpoint_auth_method: 'none'` or brings `jwks`. */
  client_secret?: string;
  /** @default 'client_secret_basic' with a secret, 'private_key_jwt' with `jwks`; both accept a secret in the body too */
  token_endpoint_auth_method?: ClientAuthMethod;
  /** Public keys for `private_key_jwt` and for request objects. */
  jwks?: { keys: readonly object[] };
  /** Compared as exact strings. https, loopback, or a private-use scheme with a dot. */
  redirect_uris?: readonly string[];
  /** @default ['authorization_code', 'refresh_token'] with redirect URIs, ['client_credentials'] without */
  grant_types?: readonly GrantType[];
  /** The most it can get, space separated. A first-party client may leave it out: all declared scopes. */
  scope?: string;
  /** `native` opens the port of loopback redirect URIs (RFC 8252 §7.3). @default by the redirect URIs */
  application_type?: 'web' | 'native';
  client_uri?: string;
  logo_uri?: string;
  policy_uri?: string;
  tos_uri?: string;
  /** Whom people at the client can be reached by: e-mail addresses. */
  contacts?: readonly string[];
  /** OpenID Connect: the algorithm of its ID tokens. @default 'RS256' */
  id_token_signed_response_alg?: 'ES256' | 'RS256' | 'PS256' | 'EdDSA';
  /** OpenID Connect: userinfo comes as a JWT of this algorithm. @default plain JSON */
  userinfo_signed_response_alg?: 'ES256' | 'RS256' | 'PS256' | 'EdDSA';
  /** OpenID Connect: where the browser may go after a logout. Compared as exact strings. */
  post_logout_redirect_uris?: readonly string[];
  /** OpenID Connect: where the server tells it that a session has ended (Back-Channel Logout 1.0 §2.2). https, without a fragment. */
  backchannel_logout_uri?: string;
  /** OpenID Connect: `sid` must be in its logout tokens. It always is. */
  backchannel_logout_session_required?: boolean;
  /**
   * OpenID Connect: by which `sub` the client knows people. `pairwise`: by one that clients of other sectors do not know (Core §8).
   *
   * @default what `openidConnect({ subject })` says: 'public'
   */
  subject_type?: 'public' | 'pairwise';
  /**
   * OpenID Connect: an https: URL whose host is the sector of a pairwise client. Needed when its redirect URIs are not all on one host of
   * its own. `auth.clients` fetches it, and it must list them (Registration §5); in the options it stands on the word of whoever writes
   * them.
   *
   * @default the host of the redirect URIs
   */
  sector_identifier_uri?: string;
  /** The algorithm of its request objects (RFC 9101). Needs `jwks`. @default any that one of its keys is for */
  request_object_signing_alg?: 'ES256' | 'RS256' | 'PS256' | 'EdDSA';
  /** Its authorization requests must be signed (RFC 9101 §10.5). Needs `jwks`. @default false */
  require_signed_request_object?: boolean;
  /** Its authorization requests must be pushed (RFC 9126 §6). @default false */
  require_pushed_authorization_requests?: boolean;
  /** OpenID Connect: the `max_age` of requests that name none. */
  default_max_age?: number;
  /** OpenID Connect: `auth_time` must be in its ID tokens. It always is. */
  require_auth_time?: boolean;
  /** OpenID Connect: the `acr_values` of requests that name none. */
  default_acr_values?: readonly string[];
  /** Ours: ID tokens hold what userinfo says, for libraries that never ask there. @default false */
  claimsInIdToken?: boolean;
  /**
   * Ours: `false` lets a confidential client leave PKCE out of its OpenID requests, because its library cannot do it. They must have
   * a `nonce` then (OAuth 2.1 §7.5.1). In the options only. @default true
   */
  pkce?: boolean;
  /** Ours: and the `nonce` too. Nothing is left that binds a code to the browser that asked for it. In the options only. */
  dangerouslyOmitNonce?: boolean;
  /** Ours: consent is skipped. @default false */
  firstParty?: boolean;
  /** Ours: whether refresh tokens of a confidential client rotate. Those of public clients always do. @default true */
  rotate?: boolean;
}

/** Who may ask, and for what. */
export interface AuthorizeOptions<Account, Resources extends ResourcesOptions> {
  accounts: AccountsOptions<Account>;
  resources: Resources;
  clients?: readonly ClientOptions[];
}
