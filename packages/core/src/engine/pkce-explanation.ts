import { createHash } from 'node:crypto';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Notes } from './request-notes.js';

/**
 * Says for the log, never for the wire, why PKCE fails: it is the mistake that client developers make most. Neither verifier nor
 * challenge is in the words.
 */
export function explainPkceMismatch(
  { oidc }: KoaContextWithOIDC,
  { codeChallenge }: Notes,
): string | undefined {
  const { code_challenge: asked, code_verifier: verifier } = oidc.params ?? {};
  if (oidc.route === 'authorization' && typeof asked === 'string' && /[+/=]/.test(asked)) {
    return 'code_challenge is base64: base64url without padding is asked (RFC 7636 appendix A)';
  }
  if (oidc.route !== 'token' || codeChallenge === undefined) return undefined;
  if (typeof verifier !== 'string' || verifier === '') return 'code_verifier is missing';
  const hash = createHash('sha256').update(verifier).digest();
  if (hash.toString('base64url') === codeChallenge) return undefined;
  if (verifier === codeChallenge) {
    return 'code_verifier equals code_challenge: the client sent the plain method; S256 is base64url(SHA-256(verifier))';
  }
  const hex = hash.toString('hex');
  if (hex === codeChallenge || Buffer.from(hex).toString('base64url') === codeChallenge) {
    return 'code_challenge was made from the hex text of the hash: hash to bytes, then base64url';
  }
  return 'code_verifier belongs to another code_challenge: most often of another tab, or kept from an earlier login';
}
