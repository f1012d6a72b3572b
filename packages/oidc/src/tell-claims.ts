import type { Logger } from '@gatehouse/core';
import type { ClaimPlace } from './claims-map.js';
import { isStandard, standardClaims } from './standard-claims.js';
import { createKeeper, type Keeper } from './surplus-claims.js';

type Value = (account: never) => unknown;
type Single = Value | { readonly value: Value; readonly in: readonly ClaimPlace[] };

/** A scope of the claims map, whatever its types were. */
export type ScopeEntry = Value | Readonly<Record<string, Single>>;

/** What is asked. */
export interface Question {
  readonly place: ClaimPlace;
  readonly scope: readonly string[];
  /** Claims that were asked for by name. */
  readonly asked: readonly string[];
  /** The ID token tells what userinfo would. */
  readonly whole: boolean;
}

const usual: readonly ClaimPlace[] = ['userinfo'];

/** Tells the claims of an account that were granted, at their places. What has no value is left out (OpenID Connect Core §5.3.2). */
export type Teller = (account: never, question: Question) => Promise<Record<string, unknown>>;

/** Makes the teller of a claims map. */
export function createTeller(map: ReadonlyMap<string, ScopeEntry>, logger: Logger): Teller {
  const keepOwn = createKeeper(logger);
  return async (account, question) => {
    const told = await Promise.all(
      [...map].map(([scope, entry]) =>
        typeof entry === 'function'
          ? tellAll(scope, entry, account, question, keepOwn)
          : tellSingles(scope, entry, account, question),
      ),
    );
    const claims = told.flatMap((part) => Object.entries(part));
    return Object.fromEntries(claims.filter(([, value]) => value !== undefined && value !== null));
  };
}

async function tellAll(
  scope: string,
  read: Value,
  account: never,
  question: Question,
  keepOwn: Keeper,
): Promise<object> {
  const isTold = isHere(usual, question) && question.scope.includes(scope);
  const names = isStandard(scope) ? standardClaims[scope] : [];
  const asked = question.asked.filter((claim) => names.includes(claim.split('#')[0] ?? ''));
  if (!isTold && asked.length === 0) return {};
  const claims = keepOwn(scope, await read(account));
  if (isTold) return claims;
  return Object.fromEntries(Object.entries(claims).filter(([claim]) => asked.includes(claim)));
}

async function tellSingles(
  scope: string,
  entry: Readonly<Record<string, Single>>,
  account: never,
  question: Question,
): Promise<object> {
  const told = Object.entries(entry).filter(([claim, single]) => {
    const places = typeof single === 'function' ? usual : single.in;
    const byScope = question.scope.includes(scope) && isHere(places, question);
    return byScope || question.asked.includes(claim);
  });
  const values = told.map(async ([claim, single]) => {
    const read = typeof single === 'function' ? single : single.value;
    return [claim, await read(account)] as const;
  });
  return Object.fromEntries(await Promise.all(values));
}

function isHere(places: readonly ClaimPlace[], { place, whole }: Question): boolean {
  return places.includes(place) || (whole && place === 'id_token' && places.includes('userinfo'));
}

// The options are not checked yet: anything may stand there.
function isForApisAlone(single: unknown): boolean {
  const { in: places } = (single ?? {}) as { readonly in?: unknown };
  if (!Array.isArray(places) || places.length === 0) return false;
  return places.every((place) => place === 'access_token');
}

/**
 * The claims that a client can ask for by name, each with its scope. Threat: what the host gives to its APIs alone would be told at
 * userinfo to whoever asks for it by name.
 */
export function claimScopesOf(map: ReadonlyMap<string, ScopeEntry>): Record<string, string> {
  const scopes: Record<string, string> = {};
  for (const [scope, entry] of map) {
    const singles = typeof entry === 'object' ? Object.entries(entry) : [];
    const names = singles.flatMap(([claim, single]) => (isForApisAlone(single) ? [] : [claim]));
    const all = typeof entry === 'function' && isStandard(scope) ? standardClaims[scope] : names;
    for (const claim of all) scopes[claim] = scope;
  }
  return scopes;
}
