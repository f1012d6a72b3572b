import { didYouMean, showValue } from '@gatehouse/core';
import { protocolClaims, reservedClaims } from '@gatehouse/core/openid';
import { isStandard, standardClaims } from './standard-claims.js';
import type { ScopeEntry } from './tell-claims.js';

/** Reports what is wrong with an option. */
export type ReportProblem = (path: string, message: string) => void;

/** Whether a value has members by name. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const places = ['id_token', 'userinfo', 'access_token'];

/** Checks the claims map, and returns what can be used of it; `own` are the scopes that the host declares. */
export function checkClaims(
  given: unknown,
  own: readonly string[],
  report: ReportProblem,
): ReadonlyMap<string, ScopeEntry> {
  if (given === undefined) return new Map();
  // A function has no members: of a map for all scopes at once nothing would ever be told.
  if (!isRecord(given)) {
    report(
      'claims',
      `must be an object with a function for each scope, got ${showValue(given)}. Write it like { profile: (account) => ({ name: … }) }.`,
    );
    return new Map();
  }
  const map = new Map<string, ScopeEntry>();
  for (const [scope, entry] of Object.entries(given)) {
    if (entry === undefined) continue;
    checkScope(scope, entry, own, report);
    if (typeof entry === 'function' || isRecord(entry)) map.set(scope, entry as ScopeEntry);
  }
  return map;
}

function checkScope(
  scope: string,
  entry: unknown,
  own: readonly string[],
  report: ReportProblem,
): void {
  const path = `claims.${scope}`;
  if (scope === 'openid' || scope === 'offline_access') {
    report(path, 'has no claims of its own. Put them under a scope like profile.');
    return;
  }
  if (!isStandard(scope) && !own.includes(scope)) {
    const hint = didYouMean(scope, [...Object.keys(standardClaims), ...own]);
    report(
      path,
      `is no scope.${hint || ` Declare it: scopes: { ${scope}: 'what people read on the consent page' }.`}`,
    );
    return;
  }
  if (typeof entry === 'function') return;
  if (!isRecord(entry)) {
    report(
      path,
      `must be a function of the account, or an object of single claims, got ${showValue(entry)}.`,
    );
    return;
  }
  for (const [claim, single] of Object.entries(entry)) checkClaim(scope, claim, single, report);
}

function checkClaim(scope: string, claim: string, single: unknown, report: ReportProblem): void {
  const path = `claims.${scope}.${claim}`;
  if (protocolClaims.has(claim)) {
    report(path, 'is a claim that the server writes itself. Remove it.');
  }
  if (isStandard(scope) && !standardClaims[scope].includes(claim)) {
    report(path, strangerIn(scope, claim));
  }
  if (typeof single === 'function') return;
  const { value, in: where } = (single ?? {}) as { value?: unknown; in?: unknown };
  if (typeof value !== 'function' || !Array.isArray(where)) {
    report(path, 'must be a function of the account, or { value: (account) => …, in: [ … ] }.');
    return;
  }
  for (const place of where as unknown[]) {
    if (places.includes(place as string)) continue;
    const hint = typeof place === 'string' ? didYouMean(place, places) : '';
    report(
      `${path}.in`,
      `must hold ${places.join(', ')} and nothing else, got ${showValue(place)}.${hint}`,
    );
  }
  if (where.includes('access_token') && reservedClaims.has(claim)) {
    report(
      path,
      'is a claim that the server writes into access tokens itself. Give it another name.',
    );
  }
}

function strangerIn(scope: keyof typeof standardClaims, claim: string): string {
  const home = Object.entries(standardClaims).find(([, names]) => names.includes(claim))?.[0];
  return home === undefined
    ? `is no claim of ${scope}.${didYouMean(claim, standardClaims[scope])}`
    : `is a claim of the scope ${home}, not of ${scope}. Move it: claims: { ${home}: { ${claim}: … } }.`;
}
