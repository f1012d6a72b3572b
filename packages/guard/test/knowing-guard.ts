import { createGuard, type Guard, type GuardSource } from '../src/index.js';
import { api, issuer, quiet, resources, type SigningKey, signingKey, sourceOf } from './issuer.js';

/** The keys of the issuer: all that the guard knows. */
export const key: SigningKey = await signingKey();
export const rsa: SigningKey = await signingKey('RS256', 'rsa-1');

/** A guard that knows the keys of its issuer; `source` adds to what it can ask, or replaces it. */
export function guardOf(source: Partial<GuardSource> = {}): Guard<typeof resources> {
  return createGuard({
    issuer,
    resources,
    logger: quiet,
    source: { ...sourceOf(key, rsa), ...source },
  });
}

/** Why a token is refused: the error code and the check that noticed. */
export async function refusal(token: string, guard = guardOf()): Promise<string> {
  const error = await guard.verify(api, token).then(
    () => ({ error: 'passed', check: 'none' }),
    (reason) => reason,
  );
  return `${error.error}: ${error.check}`;
}
