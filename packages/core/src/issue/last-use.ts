import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../clock.js';
import type { Logger } from '../app/logger.js';
import type { Store } from '../store.js';

/** When tokens of a grant, and of an account at a client, were issued or refreshed last. */
export interface LastUse {
  /**
   * Remembers that it was now, for a grant and for the others that it belongs to. The request does not wait for it, and it is not
   * written again within the hour of the use `before`, or of one that this process has written. A process that is killed may lose the
   * last of them.
   */
  note(
    ids: readonly [grantId: string, ...others: string[]],
    expiresAt: number,
    before?: number,
  ): void;
  /** Epoch second, exact to an hour. */
  find(id: string): Promise<number | undefined>;
  /** Waits for what is being written. */
  settle(): Promise<void>;
}

// A person thinks in days; an hour costs a busy client one write in six.
const hourSeconds = 3600;
// A store that is slow must not pile up work that nobody waits for.
const mostWriting = 200;
// Of what this process has written in this hour; whoever is forgotten is written once more.
const mostRemembered = 10_000;

/** Keeps last uses in records of their own: a grant that was written again could come back after its revocation. */
export function createLastUse(store: Store, clock: Clock, logger: Logger): LastUse {
  const writing = new Set<Promise<void>>();
  // By grant: whose record is removed with its family, and which is never made again.
  const written = new Map<string, number>();
  // Outside of the request, whose context would else live on with it.
  const outside = AsyncLocalStorage.snapshot();

  function remember(grantId: string, hour: number): void {
    written.delete(grantId);
    written.set(grantId, hour);
    const [oldest = ''] = written.keys();
    if (written.size > mostRemembered) written.delete(oldest);
  }

  async function write(
    ids: readonly [string, ...string[]],
    now: number,
    expiresAt: number,
  ): Promise<void> {
    const payload = JSON.stringify({ at: now });
    const writes = ids.map((id) => ({
      put: { kind: 'LastUse', id, payload, keys: {}, expiresAt },
    }));
    try {
      await store.commit(writes, now);
      remember(ids[0], hourOf(now));
    } catch (error) {
      logger.debug({ error }, 'a last use could not be written');
    }
  }

  return {
    note(ids, expiresAt, before) {
      const now = clock.now();
      const hour = hourOf(now);
      const isKnown =
        written.get(ids[0]) === hour || (before !== undefined && hourOf(before) === hour);
      if (isKnown || writing.size >= mostWriting) return;
      const task: Promise<void> = outside(write, ids, now, expiresAt).finally(() =>
        writing.delete(task),
      );
      writing.add(task);
    },
    async find(id) {
      const record = await store.find('LastUse', { id }, clock.now());
      return record && (JSON.parse(record.payload) as { at: number }).at;
    },
    async settle() {
      await Promise.all(writing);
    },
  };
}

function hourOf(second: number): number {
  return Math.floor(second / hourSeconds);
}
