import type { Logger } from '@gatehouse/core';
import { isStandard, standardClaims } from './standard-claims.js';

/** Keeps of what the function of a scope returned what may be told under that scope. */
export type Keeper = (scope: string, returned: unknown) => Readonly<Record<string, unknown>>;

// A language tag (RFC 5646), as OpenID Connect Core §5.2 puts it behind a claim.
const withLanguage = /^([^#]+)(?:#[A-Za-z0-9-]{1,35})?$/;
const mostNames = 20;
const longestName = 60;

/**
 * Makes the keeper, which says once for each scope what it left out. Threat: `profile: (user) => ({ ...user })`, which the compiler lets
 * through from another module and does not see in JavaScript, tells a client the whole record of a person, the hash of the password too.
 */
export function createKeeper(logger: Logger): Keeper {
  const said = new Set<string>();

  function warn(scope: string, names: readonly string[]): void {
    if (said.has(scope)) return;
    said.add(scope);
    const leftOut = names.slice(0, mostNames).map((name) => name.slice(0, longestName));
    logger.warn(
      { scope, leftOut },
      `openidConnect.claims.${scope} returned more than the claims of that scope, and it was left out. Return those alone; claims of your own go under a scope of your own`,
    );
  }

  return (scope, returned) => {
    const claims = recordOf(scope, returned);
    if (!isStandard(scope)) return claims;
    const own = (claim: string): boolean =>
      standardClaims[scope].includes(withLanguage.exec(claim)?.[1] ?? '');
    const surplus = Object.keys(claims).filter((claim) => !own(claim));
    if (surplus.length === 0) return claims;
    warn(scope, surplus);
    return Object.fromEntries(Object.entries(claims).filter(([claim]) => own(claim)));
  };
}

function recordOf(scope: string, returned: unknown): Readonly<Record<string, unknown>> {
  if (returned === undefined || returned === null) return {};
  // A text would be told by its letters. What it says stays out of the log.
  if (typeof returned === 'object' && !Array.isArray(returned))
    return returned as Readonly<Record<string, unknown>>;
  const given = Array.isArray(returned) ? 'an array' : `a ${typeof returned}`;
  throw new TypeError(
    `openidConnect.claims.${scope} must return an object of claims, got ${given}`,
  );
}
