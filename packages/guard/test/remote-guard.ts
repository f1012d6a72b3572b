import { createGuard, type Guard, type RemoteSourceOptions, remoteSource } from '../src/index.js';
import type { IssuerServer } from './issuer-server.js';
import { accountClaims, api, quiet, resources, type SigningKey, signingKey } from './issuer.js';

/** The key that the issuer has, and one that it can change to. */
export const first: SigningKey = await signingKey('ES256', 'one');
export const second: SigningKey = await signingKey('ES256', 'two');

/** A guard that asks this issuer, and caches no token that it verified. */
export function guardOf(
  { issuer }: IssuerServer,
  options: Partial<RemoteSourceOptions> = {},
): Guard<typeof resources> {
  const source = remoteSource({ issuer, ...options });
  return createGuard({ issuer, resources, logger: quiet, source, cacheSize: 0 });
}

/** What this issuer says in an access token for an account. */
export function claimsOf({ issuer }: IssuerServer): Record<string, unknown> {
  return { ...accountClaims(), iss: issuer };
}

/** How often a path of this issuer was asked for. */
export function timesAsked({ asked }: IssuerServer, path: string): number {
  return asked.filter((each) => each === path).length;
}

/** Whether a token passes, or why it does not: the status and the check that noticed. */
export async function outcome(guard: Guard<typeof resources>, token: string): Promise<string> {
  return guard.verify(api, token).then(
    () => 'passed',
    (error) => `${error.status} ${error.check}`,
  );
}
