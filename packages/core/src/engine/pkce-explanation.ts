import { createHash } from 'node:crypto';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Notes } from './request-notes.js';

/**
 * Says for the log, never for the wire, why a `code_verifier` does not fit: it is the mistake that client developers make most.
 * Neither verifier nor challenge is in the words.
 */
export function explainPkceMismatch(
  { oidc }: KoaContextWithOIDC,
  { codeChallenge }: Notes,
): string | undefined {
  const verifier = oidc.params?.code_verifier;
  if (oidc.route !== 'token' || codeChallenge === undefined) return undefined;
  if (typeof verifier !== 'string' || verifier === '') return 'code_verifier is missing';
  const hash = createHash('sha256').update(verifier);
  const expected = hash.digest('base64url');
  if (expected === codeChallenge) return undefined;
  if (verifier === codeChallenge) {
    return 'code_verifier equals code_challenge: the client sent the plain method; S256 is base64url(SHA-256(verifier))';
  }
  if (codeChallenge.replace(/=+$/, '') === expected) {
    return 'code_challenge was sent with padding: base64url without = is asked (RFC 7636 appendix A)';
  }
  const hex = createHash('sha256').update(verifier).digest('hex');
  if (Buffer.from(hex).toString('base64url') === codeChallenge || hex === codeChallenge) {
    return 'code_challenge was made from the hex text of the hash: hash to bytes, then base64url';
  }
  return 'code_verifier belongs to another code_challenge: most often of another tab, or kept from an earlier login';
}
