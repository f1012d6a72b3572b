import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { createExpiringCache } from './expiring-cache.js';
import type { GuardSource } from './guard-source.js';
import type { RemoteDocument } from './remote-document.js';

export type KeySet = ReturnType<typeof createLocalJWKSet>;

const maxUnknownKeys = 1000;
const unknownSeconds = 60;

/** Makes a key set of a JWKS (RFC 7517 §5). Symmetric and private keys in it are never used. */
export function toKeySet(jwks: Record<string, unknown>): KeySet {
  return createLocalJWKSet(jwks as unknown as JSONWebKeySet); // checks the shape itself
}

/** Finds keys, and looks again at the issuer's when one is unknown: that is how a rotation is noticed. */
export function createRemoteKeys(keys: RemoteDocument<KeySet>): GuardSource['key'] {
  const unknown = createExpiringCache<true>(maxUnknownKeys);
  return async (header) => {
    const before = await keys.get();
    const found = await pick(before, header);
    const name = `${header.alg} ${header.kid ?? ''}`;
    const now = performance.now() / 1000;
    if (found !== undefined || unknown.get(name, now)) return found;
    const after = await keys.refresh();
    // Too early to look again: this says nothing about the key, so it is not remembered as unknown.
    if (after === before) return undefined;
    const foundNow = await pick(after, header);
    if (foundNow === undefined) unknown.set(name, true, now + unknownSeconds);
    return foundNow;
  };
}

async function pick(
  keys: KeySet,
  header: { readonly alg: string; readonly kid?: string },
): Promise<Awaited<ReturnType<KeySet>> | undefined> {
  try {
    return await keys(header);
  } catch {
    // None fits, several do (a token without `kid`), or the one that does is broken: none can be trusted.
    return undefined;
  }
}
