import { localKey, type SigningKey } from './signing-key.js';
import type { RingKey } from './key-ring.js';
import type { StoredRing } from './ring-record.js';

/** What a node knows of the ring. */
export interface RingView extends StoredRing {
  /** By key id. */
  readonly entries: ReadonlyMap<string, RingKey>;
  readonly keys: ReadonlyMap<string, SigningKey>;
  /** When this node first read a key from the store, in epoch milliseconds. */
  readonly seen: ReadonlyMap<string, number>;
  readonly jwks: { readonly keys: readonly object[] };
}

const order = ['active', 'next', 'retired'] as const;

/** The view of what was read now. Keys that the node knew before are not made again. */
export function ringView(stored: StoredRing, before: RingView | undefined, now: number): RingView {
  const entries = new Map(stored.ring.map((key) => [key.kid, key]));
  const keys = new Map(
    stored.ring.map(({ kid, jwk }) => [kid, before?.keys.get(kid) ?? localKey(jwk)]),
  );
  const seen = new Map(stored.ring.map(({ kid }) => [kid, before?.seen.get(kid) ?? now]));
  const published = order.flatMap((state) => stored.ring.filter((key) => key.state === state));
  const jwks = { keys: published.map(({ kid }) => keys.get(kid)?.publicJwk ?? {}) };
  return { ...stored, entries, keys, seen, jwks };
}
