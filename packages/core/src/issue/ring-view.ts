import { localKey, type SigningKey } from './signing-key.js';
import type { RingKey } from './key-ring.js';
import type { StoredRing } from './ring-record.js';

/** A key of the ring, as a node knows it. */
export interface KnownKey {
  readonly entry: RingKey;
  readonly key: SigningKey;
  /** When this node first read it from the store, in epoch milliseconds. */
  readonly seen: number;
}

/** What a node knows of the ring. */
export interface RingView extends StoredRing {
  /** By key id. */
  readonly keys: ReadonlyMap<string, KnownKey>;
  readonly jwks: { readonly keys: readonly object[] };
}

const order = ['active', 'next', 'retired'] as const;

/** The view of what was read now. Keys that the node knew before are not made again. */
export function ringView(stored: StoredRing, before: RingView | undefined, now: number): RingView {
  const known = stored.ring.map((entry): KnownKey => {
    const { key, seen } = before?.keys.get(entry.kid) ?? { key: localKey(entry.jwk), seen: now };
    return { entry, key, seen };
  });
  const published = order.flatMap((state) => known.filter(({ entry }) => entry.state === state));
  return {
    ...stored,
    keys: new Map(known.map((one) => [one.entry.kid, one])),
    jwks: { keys: published.map(({ key }) => key.publicJwk) },
  };
}
