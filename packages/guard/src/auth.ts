interface TokenAuth {
  readonly clientId: string;
  /** The scopes that were granted, a frozen array. */
  readonly scopes: readonly string[];
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** `jti`. */
  readonly tokenId?: string | undefined;
  /** Everything that the token (or its introspection) says, frozen. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * A request that a client makes for a person.
 *
 * @group resource
 * @see [RFC 9068 §2.2](https://www.rfc-editor.org/rfc/rfc9068.html#section-2.2)
 */
export interface AccountAuth extends TokenAuth {
  readonly kind: 'account';
  readonly accountId: string;
  /** How strongly the person logged in, when the token says so. */
  readonly acr?: string | undefined;
  /** By which methods the person logged in, when the token says so. */
  readonly amr?: readonly string[] | undefined;
  /** When the person logged in, in epoch seconds. */
  readonly authTime?: number | undefined;
}

/**
 * A request that a client makes for itself (`client_credentials`). It has no `accountId`: nobody logged in.
 *
 * @group resource
 * @see [RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749.html#section-4.4)
 */
export interface ClientAuth extends TokenAuth {
  readonly kind: 'client';
}

/**
 * Who makes a request that `protect` let through.
 *
 * @group resource
 */
export type Auth = AccountAuth | ClientAuth;

/**
 * What a route can meet under its options: a client's own token only where they mention `clients`.
 *
 * @group resource
 */
export type AuthFor<O> = 'clients' extends keyof O ? Auth : AccountAuth;
