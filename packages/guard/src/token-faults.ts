import { compactVerify } from 'jose';
import { askSource } from './ask-source.js';
import type { GuardSource } from './guard-source.js';
import type { Route } from './route.js';

/** A token that was read but not believed yet. */
export interface TokenSubject {
  readonly token: string;
  readonly route: Route;
  readonly issuer: string;
  readonly source: GuardSource;
  readonly now: number;
  readonly clockToleranceSeconds: number;
  /** Nothing when the token is no JWT and the issuer does not know it. */
  readonly read: { readonly header: Claims; readonly claims: Claims } | undefined;
  readonly header: Claims;
  readonly claims: Claims;
}

export type Claims = Readonly<Record<string, unknown>>;

/** Never `none`, and nothing symmetric: the public key would be the secret (RFC 8725 §2.1, §3.1). */
const algorithms: ReadonlySet<unknown> = new Set([
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'PS256',
  'EdDSA',
  'Ed25519',
]);
const maxKeyIdLength = 256;

export function unreadable({ read }: TokenSubject): string | undefined {
  return read ? undefined : 'the token is malformed, unknown or no longer active';
}

/** An ID token or a logout token of the same issuer has a good signature too (RFC 9068 §4, RFC 8725 §3.11). */
export function otherType({ header: { typ } }: TokenSubject): string | undefined {
  const type = typeof typ === 'string' ? typ.toLowerCase() : undefined;
  return type === 'at+jwt' || type === 'application/at+jwt'
    ? undefined
    : 'the token is not an access token';
}

/** RFC 7515 §4.1.11: what must be understood and is not. */
export function criticalExtension({ header }: TokenSubject): string | undefined {
  return header.crit === undefined ? undefined : 'the token has a critical extension';
}

export function forbiddenAlgorithm({ header }: TokenSubject): string | undefined {
  return algorithms.has(header.alg) ? undefined : 'the token is signed with a forbidden algorithm';
}

/** Keys come from the source alone: `jwk`, `jku`, `x5c` and `x5u` in the header are the sender's own (RFC 8725 §3.10). */
export async function badSignature({
  header,
  source,
  token,
}: TokenSubject): Promise<string | undefined> {
  const alg = String(header.alg);
  const { kid } = header;
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > maxKeyIdLength)) {
    return 'the token has a malformed key id';
  }
  const key = await askSource(() => source.key(kid === undefined ? { alg } : { alg, kid }));
  if (key === undefined) return 'the token is signed with an unknown key';
  try {
    await compactVerify(token, key, { algorithms: [alg] });
    return undefined;
  } catch {
    // Also a key of another type than the algorithm's: the header was made to fit no key.
    return 'the signature is wrong';
  }
}

export function otherIssuer({ claims, issuer }: TokenSubject): string | undefined {
  return claims.iss === issuer ? undefined : 'the token is of another issuer';
}

/**
 * A token for another API, brought here by that API or by its thief (RFC 9068 §4, RFC 9700 §2.3). One with more audiences would
 * be good there as well, and the issuer makes none.
 */
export function otherAudience({ claims: { aud }, route }: TokenSubject): string | undefined {
  const single = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  return single === route.resource ? undefined : 'the token is for another audience';
}

/** RFC 7519 §4.1.4 to §4.1.6. JSON can say 1e999, which is Infinity: never expired. */
export function outOfTime({
  claims,
  clockToleranceSeconds,
  now,
}: TokenSubject): string | undefined {
  const { auth_time, exp, iat, nbf } = claims;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return 'the token has no expiry';
  if (exp + clockToleranceSeconds <= now) return 'the token has expired';
  for (const past of [nbf, iat, auth_time]) {
    if (past === undefined) continue;
    if (typeof past !== 'number' || !(past <= now + clockToleranceSeconds)) {
      return 'the token is from the future';
    }
  }
  return undefined;
}

/** RFC 9068 §2.2, and `sub_type`, by which accounts and clients are told apart. */
export function missingClaim({ claims }: TokenSubject): string | undefined {
  return (
    missingText(claims, ['sub', 'client_id', 'jti']) ??
    (typeof claims.iat === 'number' ? undefined : 'the token has no iat') ??
    wrongKind(claims) ??
    wrongScope(claims)
  );
}

export function missingText(claims: Claims, names: readonly string[]): string | undefined {
  const missing = names.find((name) => typeof claims[name] !== 'string' || claims[name] === '');
  return missing === undefined ? undefined : `the token has no ${missing}`;
}

/**
 * Comparing `sub` with `client_id` would let a client whose id equals somebody's account id act as that person
 * (RFC 9068 §5), so the issuer says it, and without its word the token is refused.
 */
export function wrongKind({ sub_type }: Claims): string | undefined {
  return sub_type === 'account' || sub_type === 'client' ? undefined : 'the token has no sub_type';
}

export function wrongScope({ scope }: Claims): string | undefined {
  return scope === undefined || typeof scope === 'string' ? undefined : 'the scope is malformed';
}
