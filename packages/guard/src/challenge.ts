import type { GuardErrorCode } from './guard-error.js';
import type { Route } from './route.js';

// RFC 6750 §3: what may stand in these values without escaping. Options are checked at start, so nothing should be left to
// remove; if something is, no quote, backslash or line break gets into a header.
const unsafe = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** The value of `WWW-Authenticate`: what is wrong, what the route needs, and where to learn the rest (RFC 9728 §5.1). */
export function challenge(
  route: Route,
  error: GuardErrorCode | undefined,
  description: string,
): string {
  const stepUp = error === 'insufficient_user_authentication'; // RFC 9470 §3
  const parameters: [name: string, value: string | undefined][] = [
    ['error', error],
    ['error_description', error && description],
    ['acr_values', stepUp && route.acr.length > 0 ? route.acr.join(' ') : undefined],
    ['max_age', stepUp ? route.maxAge?.toString() : undefined],
    ['scope', route.scopes.length > 0 ? route.scopes.join(' ') : undefined],
    ['resource_metadata', route.metadataUrl],
  ];
  return `Bearer ${parameters
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${value?.replace(unsafe, '')}"`)
    .join(', ')}`;
}
