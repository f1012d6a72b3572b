import { setTimeout as delay } from 'node:timers/promises';
import { memoryStore } from '@gatehouse/store-memory';
import { coreKinds } from '../src/engine/kinds.js';
import type { JobDefinition, JobHandle } from '../src/job.js';
import { createJobs, type Jobs } from '../src/jobs.js';
import { createSecrets } from '../src/secrets.js';
import type { Store, StoredRecord } from '../src/store.js';

export const secrets = createSecrets(['a-secret-of-the-jobs-0123456789abcdef']);
const started: Jobs[] = [];
let skipped = 0;
export const clock = { now: () => Math.floor(Date.now() / 1000) + skipped };

/** Moves the clock of all nodes on. */
export function skip(seconds: number): void {
  skipped += seconds;
}

/** Ends all nodes, and sets their clock back: `afterEach(endNodes)`. */
export async function endNodes(): Promise<void> {
  await Promise.all(started.splice(0).map((jobs) => jobs.close(0)));
  skipped = 0;
}

export async function opened(): Promise<Store> {
  const store = memoryStore();
  await store.open?.(coreKinds);
  return store;
}

interface Node<Payload> {
  readonly handle: JobHandle<Payload>;
  readonly jobs: Jobs;
  readonly lines: string[];
}

/** A node with one kind of job, that looks into the store often. */
export function start<Payload>(
  store: Store,
  definition: Omit<JobDefinition<Payload>, 'name'> & { readonly name?: string },
  more: { readonly isIdle?: true; readonly secrets?: typeof secrets } = {},
): Node<Payload> {
  const lines: string[] = [];
  const say = (level: string) => (_context: object, message: string) =>
    void lines.push(`${level}: ${message}`);
  const logger = { debug() {}, info: say('info'), warn: say('warn'), error: say('error') };
  const jobs = createJobs({ store, clock, secrets, logger, pollMilliseconds: 40, ...more });
  const handle = jobs.define({ name: 'test', ...definition });
  if (!more.isIdle) jobs.start();
  started.push(jobs);
  return { handle, jobs, lines };
}

export async function recordsOf(store: Store): Promise<readonly StoredRecord[]> {
  return (await store.list('Job', 'all', { now: clock.now(), limit: 1000 })).records;
}

export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isTrue()); waited += 10) {
    if (waited > 8000) throw new Error('it did not come to that');
    await delay(10);
  }
}

export const isEmpty = async (store: Store): Promise<boolean> =>
  (await recordsOf(store)).length === 0;
