import type { Check } from './checks.js';
import { GuardError } from './guard-error.js';
import type { Route } from './route.js';

/** Walks through one table and throws at the first fault. */
export async function runChecks<S>(
  checks: readonly Check<S>[],
  subject: S,
  isJwt: boolean,
  route: Route,
): Promise<void> {
  for (const [name, error, jwt, opaque] of checks) {
    const fault = (isJwt ? jwt : opaque)?.(subject);
    const description = fault instanceof Promise ? await fault : fault;
    if (description !== undefined) throw new GuardError(name, error, description, route);
  }
}
