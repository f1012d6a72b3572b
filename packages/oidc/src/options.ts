import type { ClaimsMap } from './claims-map.js';

/** Options of {@link openidConnect}. */
export interface OpenidConnectOptions<Account> {
  /**
   * What is told of an account, by scope. A standard scope that is missing here does not exist.
   *
   * @example { profile: (user) => ({ name: user.name }), email: { email: (user) => user.email } }
   */
  readonly claims?: ClaimsMap<Account>;
  /** Scopes of your own that belong to no API, with the words that the consent page shows; or other words for standard ones. */
  readonly scopes?: Readonly<Record<string, string>>;
  /** Authentication context classes that your logins say. */
  readonly acr?: readonly string[];
  readonly idToken?: {
    /** @default 3600 */
    readonly lifetimeSeconds?: number;
    /** Algorithms that clients may register, beside RS256, ES256 and those that clients of the options name. */
    readonly algorithms?: readonly ('ES256' | 'RS256' | 'PS256' | 'EdDSA')[];
  };
  /**
   * By which `sub` clients know people that register no `subject_type`: all by the account's id, or each sector by its own
   * (OpenID Connect Core §8). Choose before the first client: every client without a `subject_type` in the options goes by it.
   *
   * @default 'public'
   */
  readonly subject?: 'public' | 'pairwise';
  /** Takes request objects by value, signed by the keys that the client has registered (RFC 9101). @default false */
  readonly requestObjects?: boolean;
  /** Takes pushed requests at `/par` (RFC 9126); `always`: and no others. @default false */
  readonly pushedRequests?: boolean | 'always';
}
