import type { Logger } from './app/logger.js';
import type { Waiver } from './app/options.js';
import type { AccountsOptions } from './authorize/accounts.js';
import type { SigningAlgorithm } from './authorize/key-algorithm.js';
import type { ClientAuthMethod, GrantType } from './authorize/options.js';
import type { SubjectType } from './authorize/sector.js';
import type { MakeCounter } from './counter.js';
import type { PageReplacements } from './interaction/options.js';
import type { Theme } from './interaction/page.js';
import type { ExternalSigner } from './issue/options.js';
import type { SigningJwk } from './issue/signing-key.js';
import type { Plugin } from './plugin.js';
import type { AddressRules } from './public-address.js';
import type { Store } from './store.js';

/** A resource with every default filled in. */
export interface ResolvedResource {
  readonly identifier: string;
  readonly name: string;
  readonly scopes: ReadonlyMap<string, string>;
  readonly format: 'jwt' | 'opaque';
  readonly lifetimeSeconds: number;
  /** For client_credentials tokens. */
  readonly machineLifetimeSeconds: number;
  readonly alg: 'ES256' | 'RS256' | 'PS256' | 'EdDSA';
  readonly introspection?: {
    readonly client_id: string;
    readonly client_secret?: string;
    readonly jwks?: { readonly keys: readonly object[] };
  };
}

/** A static client with every default filled in. */
export interface ResolvedClient {
  readonly client_id: string;
  readonly client_name?: string;
  readonly client_secret?: string;
  readonly token_endpoint_auth_method: ClientAuthMethod;
  readonly jwks?: { readonly keys: readonly object[] };
  readonly redirect_uris: readonly string[];
  readonly grant_types: readonly GrantType[];
  /** Space separated, never absent: the ceiling. */
  readonly scope: string;
  readonly application_type: 'web' | 'native';
  readonly client_uri?: string;
  readonly logo_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
  readonly contacts?: readonly string[];
  readonly id_token_signed_response_alg?: SigningAlgorithm;
  readonly userinfo_signed_response_alg?: SigningAlgorithm;
  readonly post_logout_redirect_uris?: readonly string[];
  readonly backchannel_logout_uri?: string;
  readonly backchannel_logout_session_required?: boolean;
  readonly subject_type?: SubjectType;
  readonly sector_identifier_uri?: string;
  readonly request_object_signing_alg?: SigningAlgorithm;
  readonly require_signed_request_object?: boolean;
  readonly require_pushed_authorization_requests?: boolean;
  readonly default_max_age?: number;
  readonly require_auth_time?: boolean;
  readonly default_acr_values?: readonly string[];
  readonly claimsInIdToken?: boolean;
  readonly pkce?: boolean;
  readonly dangerouslyOmitNonce?: boolean;
  /** It named no scope and gets all: those of plugins, too, once they are known. */
  readonly everyScope?: true;
  readonly firstParty: boolean;
  readonly rotate: boolean;
}

/** The options after `checkOptions`: checked, defaults filled in, ready to use. */
export interface ResolvedOptions {
  readonly issuer: string;
  /** Path of the issuer without a trailing slash; `''` at the root. */
  readonly mountPath: string;
  readonly origin: string;
  /** Whether the issuer is https. */
  readonly secure: boolean;
  readonly production: boolean;
  readonly secrets: readonly string[];
  readonly logger: Logger;
  readonly theme: Theme;
  readonly lang: string;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly outbound: AddressRules;
  readonly waivers: ReadonlySet<Waiver>;
  readonly accounts: AccountsOptions<unknown>;
  readonly resources: ReadonlyMap<string, ResolvedResource>;
  /** Scope name to the identifier of the resource that owns it. */
  readonly scopeOwner: ReadonlyMap<string, string>;
  readonly clients: readonly ResolvedClient[];
  readonly interactionLifetimeSeconds: number;
  readonly session: { readonly idleSeconds: number; readonly absoluteSeconds: number };
  readonly codeLifetimeSeconds: number;
  readonly refreshToken: {
    readonly idleSeconds: number;
    readonly absoluteSeconds: number;
    readonly replayWindowSeconds: { readonly public: number; readonly confidential: number };
  };
  /** Own keys, or how those of the server rotate. */
  readonly keys: {
    readonly jwks?: { readonly keys: readonly SigningJwk[] };
    readonly signer?: {
      readonly jwks: { readonly keys: readonly SigningJwk[] };
      readonly sign: ExternalSigner['sign'];
    };
    readonly rotateSeconds: number | false;
  };
  readonly pages: PageReplacements;
  readonly store: Store;
  readonly limits?: MakeCounter;
  readonly plugins: readonly Plugin<never>[];
  readonly dangerouslyConfigureEngine?: (
    configuration: Record<string, unknown>,
  ) => Record<string, unknown>;
}
