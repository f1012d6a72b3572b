import type { Logger } from '../app/logger.js';
import { boundedStore, storeMilliseconds } from '../bounded-store.js';
import type { Clock } from '../clock.js';
import type { ListBy, Store, StoredRecord } from '../store.js';
import { epochOf } from './epochs.js';
import { createPoller } from './poller.js';
import { minuteOf, type RevocationSubject } from './revocation-record.js';

/** Claims that revocation goes by. */
export interface RevocableClaims {
  readonly jti?: unknown;
  readonly grant_id?: unknown;
  readonly client_id?: unknown;
  readonly client_epoch?: unknown;
}

/** What this node knows of revocations, so that checking a JWT costs no store access. */
export interface RevocationFeed {
  isRevoked(claims: RevocableClaims): boolean;
  clientEpoch(clientId: string): number;
  /** Learns of a revocation that this node made itself, at once. */
  note(subject: RevocationSubject, expiresAt: number): void;
  /** Loads all that is there, then polls. `onClientChange` hears of clients that another node changed. */
  start(onClientChange: (clientId: string) => void): Promise<void>;
  /** Polls no more, once the poll that runs has ended: then nothing needs the store any more. */
  stop(): Promise<void>;
}

const pollMilliseconds = 1000;
// A node that was cut off for longer reads everything again: that holds all the minutes in between.
const mostMinutes = 10;

/** Polls the store off the request path: a revocation reaches every node within two seconds. */
export function createRevocationFeed(given: Store, clock: Clock, logger: Logger): RevocationFeed {
  // A poll that hangs would be the last one.
  const store = boundedStore(given, () => storeMilliseconds);
  const grants = new Map<string, number>();
  const tokens = new Map<string, number>();
  const clientEpochs = new Map<string, number>();
  let lastMinute = 0;
  let onClientChange: (clientId: string) => void = () => {};

  function note(subject: RevocationSubject, expiresAt: number): void {
    if ('grantId' in subject) grants.set(subject.grantId, expiresAt);
    else if ('tokenId' in subject) tokens.set(subject.tokenId, expiresAt);
    else if ('changedClientId' in subject) onClientChange(subject.changedClientId);
    else raiseEpoch(subject.clientId, subject.epoch);
  }

  function raiseEpoch(clientId: string, epoch: number): void {
    clientEpochs.set(clientId, Math.max(epoch, clientEpochs.get(clientId) ?? 0));
  }

  function clientEpochOf(clientId: unknown): number {
    return typeof clientId === 'string' ? (clientEpochs.get(clientId) ?? 0) : 0;
  }

  function read({ payload, expiresAt }: StoredRecord): void {
    note(JSON.parse(payload) as RevocationSubject, expiresAt ?? 0);
  }

  async function readAll(
    kind: string,
    by: ListBy,
    each: (record: StoredRecord) => void,
  ): Promise<void> {
    let cursor: string | undefined;
    do {
      const from = cursor === undefined ? {} : { cursor };
      const page = await store.list(kind, by, { now: clock.now(), limit: 1000, ...from });
      page.records.forEach(each);
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  const readMinute = (minute: number): Promise<void> =>
    readAll('Revocation', { key: 'minute', value: String(minute) }, read);

  async function readMinutes(from: number, to: number): Promise<void> {
    const minutes = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    // All of them have ended before the first error is thrown: a stop waits for every read.
    for (const result of await Promise.allSettled(minutes.map(readMinute))) {
      if (result.status === 'rejected') throw result.reason;
    }
  }

  async function poll(): Promise<void> {
    const now = clock.now();
    const minute = Number(minuteOf(now));
    // One minute around what was read last, for nodes whose clocks differ.
    const from = Math.min(lastMinute, minute) - 1;
    if (minute - from > mostMinutes) await readAll('Revocation', 'all', read);
    else await readMinutes(from, minute + 1);
    if (minute !== lastMinute) forget(now);
    lastMinute = minute;
  }

  function forget(now: number): void {
    for (const map of [grants, tokens]) {
      for (const [id, expiresAt] of map) if (expiresAt <= now) map.delete(id);
    }
  }

  // JWTs go on by what is known; the next poll catches up from the last minute that was read.
  const poller = createPoller({
    milliseconds: pollMilliseconds,
    task: poll,
    logger,
    lost: 'revocations could not be read',
    back: 'revocations are read again',
  });

  return {
    note,
    clientEpoch: clientEpochOf,
    isRevoked({ jti, grant_id, client_id, client_epoch }) {
      if (typeof jti === 'string' && tokens.has(jti)) return true;
      if (typeof grant_id === 'string' && grants.has(grant_id)) return true;
      // Account tokens too: a node that had not heard of the revocation may have made a grant that it did not end.
      const epoch = typeof client_epoch === 'number' ? client_epoch : 0;
      return epoch < clientEpochOf(client_id);
    },
    async start(listener) {
      onClientChange = listener;
      // Before it reads: what comes meanwhile is left for the first poll.
      const minute = Number(minuteOf(clock.now()));
      await readAll('ClientEpoch', 'all', (record) => raiseEpoch(record.id, epochOf(record)));
      await readAll('Revocation', 'all', read);
      lastMinute = minute;
      poller.start();
    },
    stop: poller.stop,
  };
}
