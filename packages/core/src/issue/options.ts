/** A private key as JWK, with `kid` and `alg`. */
export interface PrivateJwk {
  kty: string;
  kid?: string;
  alg?: string;
  use?: string;
  [member: string]: unknown;
}

/** What is issued and for how long. All lifetimes are seconds. */
export interface IssueOptions {
  /** Own signing keys; the first fits. @default made at first start and sealed in the store */
  keys?: { jwks: { keys: readonly PrivateJwk[] } };
  code?: {
    /** @default 60 */
    lifetimeSeconds?: number;
  };
  refreshToken?: {
    /** Without use for this long a refresh token ends. @default 2592000 (30 days) */
    idleSeconds?: number;
    /** After this long since the login it ends in any case. @default 15552000 (180 days) */
    absoluteSeconds?: number;
    /**
     * For how long a repeated refresh gets the same answer while its successor is unused. 0 switches it off.
     * @default { public: 60, confidential: 600 }
     */
    replayWindowSeconds?: number | { public?: number; confidential?: number };
  };
}
