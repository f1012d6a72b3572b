import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SourceUnavailable } from './ask-source.js';
import type { Auth } from './auth.js';
import { bearerToken } from './bearer-token.js';
import { presentedChecks, requestChecks, routeChecks } from './checks.js';
import { createExpiringCache, type ExpiringCache } from './expiring-cache.js';
import { GuardError } from './guard-error.js';
import type { GuardOptions } from './guard-options.js';
import { readToken } from './read-token.js';
import type { Route } from './route.js';
import { runChecks } from './run-checks.js';

// A remembered JWT is verified again after this time, so that a key that the issuer withdrew stops counting.
const maxRememberedSeconds = 60;

export type VerifierOptions = Required<
  Omit<GuardOptions, 'resources' | 'dangerouslyAllowHttpIssuer'>
>;

export interface Verifier {
  verifyRequest(request: IncomingMessage, route: Route): Promise<Auth>;
  verifyToken(token: string | undefined, route: Route): Promise<Auth>;
}

/** The tables of `checks.ts` in their order, with the memory of verified JWTs between them. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { cacheSize, clock, clockToleranceSeconds, logger } = options;
  // By resource: a token that is good for one must not be found for another.
  const caches = new Map<string, ExpiringCache<Auth>>();

  async function rememberJwt(token: string, route: Route, now: number): Promise<Auth> {
    const cache = caches.get(route.resource) ?? createExpiringCache<Auth>(cacheSize);
    caches.set(route.resource, cache);
    const key = hash('sha256', token, 'base64url'); // no usable token stays in memory
    const known = cache.get(key, now);
    if (known !== undefined) return known;
    const auth = await readToken(token, true, { ...options, now, route });
    const diesAt = auth.expiresAt + clockToleranceSeconds;
    cache.set(key, auth, Math.min(diesAt, now + maxRememberedSeconds));
    return auth;
  }

  async function verify(presented: string | undefined, route: Route): Promise<Auth> {
    await runChecks(presentedChecks, presented, false, route);
    const token = presented as string;
    const now = clock();
    const isJwt = token.split('.', 4).length === 3;
    const auth = isJwt
      ? await rememberJwt(token, route, now)
      : await readToken(token, false, { ...options, now, route });
    await runChecks(routeChecks, { ...options, auth, now, route, token }, isJwt, route);
    return auth;
  }

  /** One place that sees every refusal. The log gets the check and the cause, never the token. */
  async function reporting(route: Route, work: () => Promise<Auth>): Promise<Auth> {
    try {
      return await work();
    } catch (error) {
      const { resource } = route;
      if (error instanceof GuardError) {
        logger.debug('request refused', { check: error.check, error: error.error, resource });
        throw error;
      }
      if (!(error instanceof SourceUnavailable)) throw error;
      const { cause } = error;
      logger.warn('the token source does not answer', { cause, resource });
      const description = 'tokens cannot be checked at the moment';
      throw new GuardError('source', 'temporarily_unavailable', description, route, { cause });
    }
  }

  return {
    verifyToken: (token, route) => reporting(route, () => verify(token, route)),
    verifyRequest: (request, route) =>
      reporting(route, async () => {
        await runChecks(requestChecks, request, false, route);
        return verify(bearerToken(request), route);
      }),
  };
}
