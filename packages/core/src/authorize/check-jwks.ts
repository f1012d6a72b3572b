import { type Check, entriesOf, list, object, required } from '../check.js';
import type { Place } from '../report.js';
import { algorithmOf, type GivenJwk } from './key-algorithm.js';

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Checks a set of public keys of a client. A private key in it is refused, and not shown. */
export const checkPublicJwks: Check<{ readonly keys: readonly object[] }> = (value, at) =>
  checkJwks(checkPublicJwk)(value, at);

/** Checks a JWK set: at least one key, and no `kid` twice. */
export function checkJwks<Key extends { readonly kid?: unknown }>(
  checkKey: Check<Key>,
): Check<{ readonly keys: readonly Key[] }> {
  const set = object({ keys: required(list(checkKey), 'Write { keys: [ … ] }, as RFC 7517 §5.') });
  return (value, at) => {
    const keys = set(value, at.hidden())?.keys;
    if (keys?.length === 0) return at.at('keys').problem('must hold at least one key.');
    const kids = new Set<unknown>();
    for (const [index, { kid }] of keys?.entries() ?? []) {
      if (kid !== undefined && kids.has(kid)) {
        at.at('keys')
          .at(index)
          .at('kid')
          .problem('is the kid of another key too. Give each its own.');
      }
      kids.add(kid);
    }
    return keys && { keys };
  };
}

/** Reads a JWK once, so that what was checked is what is used. */
export function readJwk(value: unknown, at: Place): GivenJwk | undefined {
  const entries = entriesOf(value, at, '{ kty: …, … }');
  return entries && Object.fromEntries(entries);
}

/** Checks a public key. A private one is refused, and not shown. */
export const checkPublicJwk: Check<GivenJwk> = (value, at) => {
  const jwk = readJwk(value, at);
  if (!jwk) return undefined;
  if (privateMembers.some((name) => jwk[name] !== undefined)) {
    return at.problem(
      'holds a private or secret key. Give only its public members, and replace the key where others saw it.',
    );
  }
  const found = algorithmOf(jwk);
  return 'flaw' in found ? at.problem(`${found.flaw}.`) : jwk;
};
