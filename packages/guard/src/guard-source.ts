import type { KeyObject } from 'node:crypto';
import type { CryptoKey } from 'jose';

/**
 * What a guard must ask somebody else: the issuer over HTTP (`remoteSource`), or the server in the same process. A source
 * that cannot answer throws, and the request gets a 503: an outage says nothing about the token.
 *
 * @group resource
 */
export interface GuardSource {
  /**
   * The public key that verifies a JWT with this header, nothing when the issuer has none.
   *
   * @see [RFC 7517 §4](https://www.rfc-editor.org/rfc/rfc7517.html#section-4)
   */
  key(header: {
    readonly alg: string;
    readonly kid?: string;
  }): Promise<CryptoKey | KeyObject | undefined>;

  /**
   * Whether a JWT with a good signature was revoked. Asked on every request, cached tokens included, so it must be cheap.
   *
   * @see [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009.html)
   */
  revoked?(
    claims: Readonly<Record<string, unknown>>,
    presented: { readonly token: string; readonly resource: string },
  ): boolean | Promise<boolean>;

  /**
   * The introspection answer about a token that is no JWT, nothing when it is not active. The answer must have `active:
   * true`, `token_type: 'Bearer'` (a refresh token has none), `aud`, `exp`, `client_id` and `sub_type`, and `sub` for an account.
   *
   * @see [RFC 7662 §2.2](https://www.rfc-editor.org/rfc/rfc7662.html#section-2.2)
   */
  introspect?(token: string, resource: string): Promise<Record<string, unknown> | undefined>;
}
