import { exportJWK, generateKeyPair } from 'jose';
import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import type { KeyView } from './options.js';
import { type SigningJwk, signingJwk } from './signing-key.js';

/** A key of the ring, as it lies sealed in the store. Times are epoch milliseconds. */
export interface RingKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly state: KeyView['state'];
  /** Since when it is in that state. */
  readonly since: number;
  /** When a retired key is removed. */
  readonly until?: number;
  /** An active key that somebody asked to rotate. */
  readonly due?: true;
  /** The longest life of what it has signed, as any node ever stated it. */
  readonly longestSeconds: number;
  readonly jwk: SigningJwk;
}

/** All keys of all algorithms: for each an active and a next one, and those that are retired. */
export type Ring = readonly RingKey[];

/** How a ring moves. Every span follows from how long a key is published before it signs. */
export interface RingRules {
  /** The algorithms that this node signs with, and the longest life of what it signs with each. */
  readonly needs: ReadonlyMap<SigningAlgorithm, number>;
  readonly rotateMilliseconds: number;
  /** How long a key is published before it signs: half for caches of others, a quarter each for nodes and clocks. */
  readonly publishMilliseconds: number;
}

/** What one step looks at. */
export interface StepContext extends RingRules {
  readonly now: () => number;
  /** When this node first read the key from the store. */
  readonly seenAt: (kid: string) => number | undefined;
}

// However fast keys rotate: what a slow request needs from its look at the ring to its token.
const leastMargin = 5000;

/** The spans of a ring, in milliseconds. */
export function spansOf({ publishMilliseconds }: Pick<RingRules, 'publishMilliseconds'>): {
  readonly cache: number;
  /** A node whose view of the ring is older than this looks before it signs or publishes. */
  readonly stale: number;
  /** How long a retired key outlives what it has signed: views that are stale, clocks that differ. */
  readonly margin: number;
  readonly poll: number;
} {
  return {
    cache: publishMilliseconds / 2,
    stale: publishMilliseconds / 4,
    margin: Math.max(leastMargin, publishMilliseconds / 2),
    poll: Math.min(1000, publishMilliseconds / 8),
  };
}

/**
 * Moves the ring on by what is due: a key whose time is over goes, a key that is due to rotate is retired for the next one, an
 * algorithm without keys gets them. Pure but for the keys that it makes.
 *
 * @returns the new ring, or nothing when nothing is due
 */
export async function advanceRing(ring: Ring, context: StepContext): Promise<Ring | undefined> {
  const now = context.now();
  const kept = ring.filter(({ state, until = 0 }) => state !== 'retired' || until > now);
  let changed = kept.length < ring.length;
  const moved: RingKey[] = [];
  for (const alg of new Set([...kept.map((key) => key.alg), ...context.needs.keys()])) {
    const before = kept.filter((key) => key.alg === alg);
    const after = await advanceAlgorithm(alg, before, context);
    changed ||= after.some((key, index) => key !== before[index]) || after.length > before.length;
    moved.push(...after);
  }
  return changed ? moved : undefined;
}

/** Every key is dropped, and each algorithm begins anew. */
export async function renewRing(ring: Ring, context: StepContext): Promise<Ring> {
  const algs = new Set([...ring.map(({ alg }) => alg), ...context.needs.keys()]);
  const longest = new Map(ring.map(({ alg, longestSeconds }) => [alg, longestSeconds]));
  const renewed = [...algs].map((alg) =>
    advanceAlgorithm(alg, [], context, context.needs.get(alg) ?? longest.get(alg)),
  );
  return (await Promise.all(renewed)).flat();
}

async function advanceAlgorithm(
  alg: SigningAlgorithm,
  keys: Ring,
  context: StepContext,
  longestSeconds = context.needs.get(alg) ?? 0,
): Promise<Ring> {
  const retired = keys.filter(({ state }) => state === 'retired');
  let next = keys.find(({ state }) => state === 'next');
  let active = keys.find(({ state }) => state === 'active');
  active ??= await makeKey(alg, 'active', longestSeconds, context.now);
  // A node that issues for longer than those before it.
  if (active.longestSeconds < longestSeconds) active = { ...active, longestSeconds };
  if (next && isDue(active, context) && isPublished(next, context)) {
    const since = context.now();
    const until = since + active.longestSeconds * 1000 + spansOf(context).margin;
    const { due: _due, ...old } = active;
    retired.push({ ...old, state: 'retired', since, until });
    active = { ...next, state: 'active', since, longestSeconds };
    next = undefined;
  }
  next ??= await makeKey(alg, 'next', longestSeconds, context.now);
  return [active, next, ...retired];
}

function isDue({ due, since }: RingKey, { now, rotateMilliseconds }: StepContext): boolean {
  return due === true || now() >= since + rotateMilliseconds;
}

// By the time that it says, and by what this node has seen itself: the commit that published it may have taken long. Whoever has
// read the ring since then publishes it, and nobody signs or publishes by an older view than `stale`.
function isPublished({ kid, since }: RingKey, context: StepContext): boolean {
  const seen = context.seenAt(kid);
  const now = context.now();
  if (seen === undefined || now < seen + spansOf(context).stale) return false;
  return now >= since + context.publishMilliseconds;
}

async function makeKey(
  alg: SigningAlgorithm,
  state: 'active' | 'next',
  longestSeconds: number,
  now: () => number,
): Promise<RingKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  const jwk = signingJwk({ ...(await exportJWK(privateKey)), use: 'sig' }, alg);
  return { kid: jwk.kid, alg, state, since: now(), longestSeconds, jwk };
}

/** A key as the host sees it. */
export function viewOfKey(
  { kid, alg, state, since, until, due }: RingKey,
  { rotateMilliseconds, publishMilliseconds, now }: StepContext,
): KeyView {
  const ends = {
    active: due ? now() : since + rotateMilliseconds,
    next: since + publishMilliseconds,
    retired: until ?? 0,
  }[state];
  const inSeconds = Number.isFinite(ends) ? { until: Math.ceil(ends / 1000) } : {};
  return { kid, alg, state, since: Math.floor(since / 1000), ...inSeconds };
}
