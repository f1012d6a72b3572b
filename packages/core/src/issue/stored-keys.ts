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
import { keyFor, SigningFailed, type SigningKeys } from './keys.js';
import type { KeyView } from './options.js';
import { ringReader } from './ring-reader.js';
import type { RingRecord } from './ring-record.js';

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
    seenAt: (kid) => view().seen.get(kid),
  };
  let timer: NodeJS.Timeout | undefined;
  let polling: Promise<void> | undefined;
  let stopped = false;

  async function save(ring: Ring): Promise<boolean> {
    const before = view();
    const isFirst = await record.save(ring, before);
    if (isFirst) announceRing(before.ring, ring, events);
    await reader.reload();
    return isFirst;
  }

  /** Does what is due. Whether nothing was. */
  async function step(resealing: boolean): Promise<boolean> {
    await reader.reload();
    const { ring, isCurrent } = view();
    const advanced = await advanceRing(ring, context);
    if (!advanced && (isCurrent || !resealing)) return true;
    await save(advanced ?? ring);
    return false;
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      // Tokens are verified by what is known; they are signed by it until it is too old.
      polling = step(false).then(schedule, (error: unknown) => {
        note(error);
        schedule();
      });
    }, spans.poll);
    timer.unref();
  }

  const note = (error: unknown): void =>
    logger.warn({ error }, 'the key ring could not be read or moved on');

  // A store that hangs must not hang a request.
  const refreshWithin = (milliseconds: number): Promise<void> =>
    inTime('the key ring', milliseconds, () => reader.refresh(spans.stale));

  const refresh = (within = storeMilliseconds): Promise<void> => refreshWithin(within).catch(note);

  async function list(): Promise<readonly KeyView[]> {
    await reader.reload();
    return view().ring.map((key) => viewOfKey(key, context));
  }

  /** Whether what was signed now stays verifiable for as long as it lives. */
  function isSafe(kid: string, expiresAt: number | undefined): boolean {
    const entry = view().entries.get(kid);
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
    schedule();
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
      const key = entry && keys.get(entry.kid);
      if (!key) throw new SigningFailed(`there is no key for ${alg}`);
      return key;
    },
    async sign({ kid, bytes, expiresAt, withinMilliseconds }) {
      const signature = await view().keys.get(kid)?.sign(bytes);
      // Looked at after it was signed: between a look before and the signature the process may have been stopped for long.
      if (!isSafe(kid, expiresAt)) await refreshWithin(withinMilliseconds);
      if (signature && isSafe(kid, expiresAt)) return signature;
      throw new SigningFailed(`the key ${kid} is not used any more`);
    },
    async find(header) {
      const found = keyFor(view().keys.values(), header);
      if (found || !thumbprint.test(header.kid ?? '')) return found;
      await reader.look();
      return keyFor(view().keys.values(), header);
    },
    holds: (kid) => view().keys.has(String(kid)),
    refresh,
    async published() {
      await refresh();
      return view().jwks;
    },
    list,
    async rotate({ revoke = false } = {}) {
      let meant: ReadonlySet<string> | undefined;
      for (let tries = 0; tries < mostTries; tries += 1) {
        await reader.reload();
        const { ring } = view();
        meant ??= new Set(
          ring.flatMap(({ kid, state }) => (revoke || state === 'active' ? [kid] : [])),
        );
        const isLeft = ring.some(
          ({ kid, state }) => meant?.has(kid) && (revoke || state === 'active'),
        );
        if (!isLeft) return list();
        if (await save(revoke ? await renewRing(ring, context) : await rotated(ring, meant))) {
          return list();
        }
      }
      throw new SigningFailed('other nodes were first each time: try again');
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await polling;
    },
  };
}
