import type { KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../app/logger.js';
import { inTime, storeMilliseconds } from '../bounded-store.js';
import type { EventHub } from '../events.js';
import { announceRing } from './announce-ring.js';
import {
  advanceRing,
  renewRing,
  type Ring,
  type RingRules,
  type StepContext,
  spansOf,
  viewOfKey,
} from './key-ring.js';
import { type KeyHeader, SigningFailed, type SigningKeys } from './keys.js';
import type { KeyView } from './options.js';
import { createPoller } from './poller.js';
import { ringReader } from './ring-reader.js';
import type { RingRecord } from './ring-record.js';
import type { RingView } from './ring-view.js';

/** What {@link startStoredKeys} needs. */
export interface StoredKeysParts {
  readonly record: RingRecord;
  readonly rules: RingRules;
  readonly events: Pick<EventHub, 'emit'>;
  readonly logger: Logger;
}

// Kids of the ring are thumbprints (RFC 7638 §3): nothing else is worth a look into the store.
const thumbprint = /^[\w-]{43}$/;
// Of a step that other nodes were first to make.
const mostTries = 20;

/**
 * Keys that the server makes and rotates: made by the node that needs them first, agreed by one conditional write for each step,
 * polled off the request path. A node that has not read the ring for a while (stopped, cut off) looks before it signs or publishes,
 * so it never signs with a key that others do not publish.
 *
 * @throws {ConfigurationError} `ERR_SECRET_WRONG` when the stored keys do not open: never makes new ones then, which would
 *   void every token.
 */
export async function startStoredKeys(parts: StoredKeysParts): Promise<SigningKeys> {
  const { record, rules, events, logger } = parts;
  const spans = spansOf(rules);
  const reader = ringReader(record, spans.poll);
  const { view } = reader;
  const context: StepContext = {
    ...rules,
    now: () => Date.now(),
    seenAt: (kid) => view().keys.get(kid)?.seen,
  };
  // Tokens are verified by what is known; they are signed by it until it is too old.
  const poller = createPoller({
    milliseconds: spans.poll,
    task: () => step(false),
    logger,
    lost: 'the key ring could not be read or moved on',
    back: 'the key ring is read again',
  });

  /**
   * Replaces the view that the ring was made from, and no newer one: keys take long to make, and what another node dropped
   * meanwhile must not come back.
   */
  async function save(before: RingView, ring: Ring): Promise<boolean> {
    const isFirst = await record.save(ring, before);
    if (isFirst) announceRing(before.ring, ring, events);
    await reader.reload();
    return isFirst;
  }

  /** Does what is due. Whether nothing was. */
  async function step(resealing: boolean): Promise<boolean> {
    await reader.reload();
    const before = view();
    const advanced = await advanceRing(before.ring, context);
    if (!advanced && (before.isCurrent || !resealing)) return true;
    await save(before, advanced ?? before.ring);
    return false;
  }

  // A store that hangs must not hang a request.
  const refreshWithin = (milliseconds: number): Promise<void> =>
    inTime('the key ring', milliseconds, () => reader.refresh(spans.stale));

  // The poller tells of the outage: once, not at each request.
  const refresh = (milliseconds: number): Promise<void> =>
    refreshWithin(milliseconds).catch((error: unknown) =>
      logger.debug({ error }, 'the key ring could not be read'),
    );

  function known({ alg, kid = '' }: KeyHeader): KeyObject | undefined {
    const key = view().keys.get(kid)?.key;
    return key?.alg === alg ? key.publicKey : undefined;
  }

  async function list(): Promise<readonly KeyView[]> {
    await reader.reload();
    return view().ring.map((key) => viewOfKey(key, context));
  }

  /** Whether what was signed now stays verifiable for as long as it lives. */
  function isSafe(kid: string, expiresAt: number | undefined): boolean {
    const entry = view().keys.get(kid)?.entry;
    if (!entry || entry.state === 'next') return false;
    if (entry.state === 'active' && !reader.isStale(spans.stale)) return true;
    if (expiresAt === undefined) return false;
    const { until = reader.readAt() + entry.longestSeconds * 1000 + spans.margin } = entry;
    return expiresAt * 1000 <= until - spans.stale;
  }

  async function start(): Promise<void> {
    await reader.reload();
    const { ring, revision } = view();
    const adds = [...rules.needs.keys()].some((alg) => !ring.some((key) => key.alg === alg));
    // Secrets that were rotated: the old one can be dropped once every node has started with the new one.
    for (let tries = 0; tries < mostTries; tries += 1) if (await step(true)) break;
    // Nodes that run already publish the keys of another algorithm from their next poll on.
    if (adds && revision > 0) await delay(2 * spans.poll);
    poller.start();
  }

  // Two nodes that are told to rotate at once mean the same key.
  async function rotated(ring: Ring, meant: ReadonlySet<string>): Promise<Ring> {
    const marked = ring.map((key) =>
      key.state === 'active' && meant.has(key.kid) ? { ...key, due: true as const } : key,
    );
    return (await advanceRing(marked, context)) ?? marked;
  }

  await start();
  return {
    algs: new Set(view().ring.map(({ alg }) => alg)),
    cacheSeconds: Math.floor(spans.cache / 1000),
    active(alg) {
      const { ring, keys } = view();
      const entry = ring.find((key) => key.alg === alg && key.state === 'active');
      const key = entry && keys.get(entry.kid)?.key;
      if (!key) throw new SigningFailed(`there is no key for ${alg}`);
      return key;
    },
    async sign({ kid, bytes, expiresAt, withinMilliseconds }) {
      const signature = await view().keys.get(kid)?.key.sign(bytes);
      // Looked at after it was signed: between a look before and the signature the process may have been stopped for long.
      if (!isSafe(kid, expiresAt)) await refreshWithin(withinMilliseconds);
      if (signature && isSafe(kid, expiresAt)) return signature;
      throw new SigningFailed(`the key ${kid} is not used any more`);
    },
    async find(header) {
      const found = known(header);
      if (found || !thumbprint.test(header.kid ?? '')) return found;
      await inTime('the key ring', storeMilliseconds, reader.look);
      return known(header);
    },
    holds: (kid) => view().keys.has(String(kid)),
    refresh,
    async published() {
      await refresh(storeMilliseconds);
      return view().jwks;
    },
    list,
    async rotate({ revoke = false } = {}) {
      let meant: ReadonlySet<string> | undefined;
      for (let tries = 0; tries < mostTries; tries += 1) {
        await reader.reload();
        const before = view();
        const { ring } = before;
        meant ??= new Set(
          ring.flatMap(({ kid, state }) => (revoke || state === 'active' ? [kid] : [])),
        );
        const isLeft = ring.some(
          ({ kid, state }) => meant?.has(kid) && (revoke || state === 'active'),
        );
        if (!isLeft) return list();
        const after = await (revoke ? renewRing(ring, context) : rotated(ring, meant));
        if (await save(before, after)) return list();
      }
      throw new SigningFailed('other nodes were first each time: try again');
    },
    stop: poller.stop,
  };
}
