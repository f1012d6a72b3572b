import { enginePaths, pushedPath } from './engine-paths.js';
import { engine } from './load-engine.js';

const longestSeconds = 600;
const skewSeconds = 30;

/**
 * What the engine leaves open in a client assertion (RFC 7523 §3): one audience only, and a short life.
 *
 * Threat: an assertion that names several audiences can be replayed by one of them at the other; one that lives for years is a
 * password.
 */
export function checkAssertion(
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  { audiences, now }: { readonly audiences: readonly unknown[]; readonly now: number },
): void {
  const { aud, exp, iat } = claims;
  if (!audiences.includes(aud)) {
    refuse('aud must be one string: the issuer, or the token endpoint');
  }
  if (typeof exp !== 'number' || exp > now + longestSeconds + skewSeconds) {
    refuse('exp must be at most 10 minutes ahead');
  }
  if (iat !== undefined && (typeof iat !== 'number' || iat > now + skewSeconds)) {
    refuse('iat must not be in the future');
  }
  if (typeof header.alg !== 'string' || header.alg.startsWith('HS')) {
    refuse('alg must be asymmetric');
  }
}

/** Whom an assertion may be for. That of a pushed request may be for the endpoint that it comes to (RFC 9126 §2). */
export function audiencesAt(route: string, issuer: string): readonly string[] {
  const own = route === 'pushed_authorization_request' ? [`${issuer}${pushedPath}`] : [];
  return [issuer, `${issuer}${enginePaths.token}`, ...own];
}

function refuse(detail: string): never {
  throw new engine.errors.InvalidClientAuth(detail);
}
