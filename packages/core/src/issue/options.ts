/** A private key as JWK, with `kid` and `alg`. */
export interface PrivateJwk {
  kty: string;
  kid?: string;
  alg?: string;
  use?: string;
  [member: string]: unknown;
}

/** A public key as JWK, with `kid` and `alg`. */
export interface PublicJwk {
  kty: string;
  kid?: string;
  alg?: string;
  use?: string;
  [member: string]: unknown;
}

/** Signs where the private keys are: a key service, a hardware module, another process. */
export interface ExternalSigner {
  /** The public keys. The first of each algorithm signs; the others are published for what they have signed. */
  jwks: { keys: readonly PublicJwk[] };
  /**
   * Makes the signature of `bytes`, which it hashes itself. ES256 may be the two numbers side by side (RFC 7518 §3.4) or ASN.1.
   * What fails, or takes longer than a request has, is a 503 for the client, and nothing is spent.
   */
  sign(
    alg: 'ES256' | 'RS256' | 'PS256' | 'EdDSA',
    kid: string,
    bytes: Uint8Array,
  ): Promise<Uint8Array>;
}

/** A signing key as `auth.keys.list()` shows it. */
export interface KeyView {
  readonly kid: string;
  readonly alg: 'ES256' | 'RS256' | 'PS256' | 'EdDSA';
  /** `next` is published and waits, `active` signs, `retired` is published for what it has signed. */
  readonly state: 'next' | 'active' | 'retired';
  /** Epoch second since when it is in that state. Absent for keys of the host's own. */
  readonly since?: number;
  /** Epoch second: when `next` may sign at the earliest, `active` is due to rotate, `retired` is removed. */
  readonly until?: number;
}

/** The signing keys of a running server. */
export interface ManagedKeys {
  /** All keys, without their private members. */
  list(): Promise<readonly KeyView[]>;
  /**
   * Begins to sign with the next key of each algorithm, on all nodes, as soon as that key has been published for long enough;
   * the active one is retired, and stays published for as long as its tokens live.
   *
   * With `revoke` every key is dropped at once and replaced: for keys that leaked. All tokens that they signed are void.
   *
   * @throws {ConfigurationError} `ERR_USAGE` when the keys are the host's own.
   */
  rotate(options?: { readonly revoke?: boolean }): Promise<readonly KeyView[]>;
}

/** What is issued and for how long. All lifetimes are seconds. */
export interface IssueOptions {
  /** Signing keys. @default made at first start, sealed in the store, rotated every 90 days */
  keys?: {
    /** Own private keys; the first of each algorithm signs, the others verify. */
    jwks?: { keys: readonly PrivateJwk[] };
    /** Own keys that stay where they are. */
    signer?: ExternalSigner;
    /** For how long a key that the server makes signs; `false`: until `auth.keys.rotate()`. @default 7776000 (90 days) */
    rotateSeconds?: number | false;
  };
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
