import { performance } from 'node:perf_hooks';
import { boundedStore } from '../bounded-store.js';
import type { Clock } from '../clock.js';
import type { Store } from '../store.js';

/** What `auth.health()` answers. */
export interface Health {
  /** Whether requests that need the store can be served. */
  readonly ok: boolean;
  readonly store: {
    readonly name: string;
    readonly ok: boolean;
    readonly milliseconds: number;
    /** The kind of error, e.g. `StoreTimeout`; its words may name hosts and stay in the log. */
    readonly error?: string;
  };
}

const limitMilliseconds = 1000;

const kind = 'SigningKeys';
const id = 'health';

/** Asks the store for a record, and to remove one that is not there, for one second at most. */
export async function checkHealth(store: Store, clock: Clock): Promise<Health> {
  const started = performance.now();
  const asked = boundedStore(store, () => limitMilliseconds);
  const { name } = store;
  try {
    await Promise.all([
      asked.find(kind, { id }, clock.now()),
      // No record has this id: a database that refuses writes says so, and nothing is written.
      asked.commit([{ remove: { kind, id } }], clock.now()),
    ]);
    return { ok: true, store: { name, ok: true, milliseconds: passed(started) } };
  } catch (error) {
    const cause = error instanceof Error ? error.name : 'Error';
    const milliseconds = passed(started);
    return { ok: false, store: { name, ok: false, milliseconds, error: cause } };
  }
}

function passed(started: number): number {
  return Math.round(performance.now() - started);
}
