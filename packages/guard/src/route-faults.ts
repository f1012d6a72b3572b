import { askSource } from './ask-source.js';
import type { Auth } from './auth.js';
import type { GuardSource } from './guard-source.js';
import type { Route } from './route.js';

/** A good token on a route. */
export interface RouteSubject {
  readonly token: string;
  readonly auth: Auth;
  readonly route: Route;
  readonly source: GuardSource;
  readonly now: number;
  readonly clockToleranceSeconds: number;
}

export async function revokedToken({
  auth,
  route,
  source,
  token,
}: RouteSubject): Promise<string | undefined> {
  const { resource } = route;
  const isRevoked = await askSource(
    () => source.revoked?.(auth.claims, { token, resource }) ?? false,
  );
  return isRevoked ? 'the token was revoked' : undefined;
}

/**
 * A token bound to a key or a certificate must not work without its proof (RFC 9449 §7.2, RFC 8705 §3), and this guard can check
 * none: accepted as a bearer token it would be worth less than its owner asked for.
 */
export function unknownBinding({ auth }: RouteSubject): string | undefined {
  return auth.claims.cnf === undefined
    ? undefined
    : 'the token is bound to a key that is not checked here';
}

/**
 * `insufficient_scope`, 403: nothing is wrong with the token, it lacks the privilege that only a person can give. RFC 6750 §3.1
 * has no nearer code, and `invalid_token` would send the client round for the same token again.
 */
export function clientNotAllowed({ auth, route }: RouteSubject): string | undefined {
  return auth.kind === 'client' && !route.clients
    ? 'a token of an account is needed, this one was issued to a client for itself'
    : undefined;
}

export function missingScope({ auth, route }: RouteSubject): string | undefined {
  return route.scopes.every((scope) => auth.scopes.includes(scope))
    ? undefined
    : 'the token lacks a scope';
}

/** RFC 9470 §6. A token that does not say how the person logged in satisfies nothing. */
export function otherAuthenticationClass({
  auth,
  route: { acr },
}: RouteSubject): string | undefined {
  if (acr.length === 0) return undefined;
  return auth.kind === 'account' && auth.acr !== undefined && acr.includes(auth.acr)
    ? undefined
    : 'a stronger login is needed';
}

export function staleAuthentication(subject: RouteSubject): string | undefined {
  const { auth, clockToleranceSeconds, now, route } = subject;
  if (route.maxAge === undefined) return undefined;
  return auth.kind === 'account' &&
    auth.authTime !== undefined &&
    now - auth.authTime <= route.maxAge + clockToleranceSeconds
    ? undefined
    : 'a more recent login is needed';
}
