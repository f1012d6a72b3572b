import type { Logger } from './app/logger.js';
import type { Waiver } from './app/options.js';
import type { AccountsOptions } from './authorize/accounts.js';
import type { ClientAuthMethod, GrantType } from './authorize/options.js';
import type { PageReplacements } from './interaction/options.js';
import type { Theme } from './interaction/page.js';
import type { PrivateJwk } from './issue/options.js';
import type { Plugin } from './plugin.js';
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
  readonly keys?: { readonly keys: readonly PrivateJwk[] };
  readonly pages: PageReplacements;
  readonly store: Store;
  readonly plugins: readonly Plugin<never>[];
  readonly dangerouslyConfigureEngine?: (
    configuration: Record<string, unknown>,
  ) => Record<string, unknown>;
}
