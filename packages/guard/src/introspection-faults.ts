import {
  missingText,
  otherIssuer,
  type TokenSubject,
  wrongKind,
  wrongScope,
} from './token-faults.js';

/** A refresh token can be active too; it has no `token_type`, and is for the authorization server alone (RFC 6749 §1.5). */
export function otherTokenType({ claims: { token_type } }: TokenSubject): string | undefined {
  return typeof token_type === 'string' && token_type.toLowerCase() === 'bearer'
    ? undefined
    : 'the token is not a bearer access token';
}

/** RFC 7662 §2.2: `iss` is optional, and the answer came from the issuer. */
export function otherIssuerIfNamed(subject: TokenSubject): string | undefined {
  return subject.claims.iss === undefined ? undefined : otherIssuer(subject);
}

/** What RFC 7662 leaves open and this guard cannot do without. */
export function missingMember({ claims }: TokenSubject): string | undefined {
  return (
    missingText(claims, ['client_id']) ??
    wrongKind(claims) ??
    (claims.sub_type === 'account' ? missingText(claims, ['sub']) : undefined) ??
    wrongScope(claims)
  );
}
