import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './app/logger.js';
import { boundedStore, storeMilliseconds } from './bounded-store.js';
import type { Clock } from './clock.js';
import { createPoller } from './issue/poller.js';
import type { GivenUp, Job, JobDefinition } from './job.js';
import { createJobQueue, type DueJob } from './job-queue.js';
import { jobKind, jobRecord, type StoredJob, timeoutOf, waitAfter } from './job-record.js';
import type { Secrets } from './secrets.js';
import type { Store } from './store.js';
import { tryCommit } from './try-commit.js';

/** Runs the jobs of the store, off the request path. */
export interface JobWorker {
  start(): void;
  /** Runs a job that this process has just left in the store, without a look. */
  offer(job: DueJob): void;
  /** Takes no more, and waits for those that run; what has not ended by then is aborted, and another process takes it over. */
  close(milliseconds: number): Promise<void>;
}

/** What the worker needs. */
export interface JobWorkerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly secrets: Pick<Secrets, 'seal' | 'open'>;
  readonly logger: Logger;
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  /** From one look into the store to the next, about. @default 5000 */
  readonly pollMilliseconds?: number;
}

/** A job that this process has taken: what it has written, and the revision of that. */
interface Taken extends DueJob {
  readonly definition: JobDefinition;
}

const mostRunning = 16;
const mostRunningInLane = 4;
// Past the time of a try, before another process takes the job: for clocks that differ, and for the last writes.
const leaseMarginSeconds = 15;
const timeIsOver: GivenUp = { giveUp: 'its time is over' };

/**
 * Makes the worker. A job belongs to whoever replaces its record first, until the time that stands there then: a process that is killed
 * needs nobody to clean up after it.
 */
export function createJobWorker(parts: JobWorkerParts): JobWorker {
  const { clock, secrets, logger, definitions, pollMilliseconds = 5000 } = parts;
  const soonest = Math.min(1000, pollMilliseconds);
  // A call that hangs would be the last one.
  const store = boundedStore(parts.store, () => storeMilliseconds);
  const running = new Map<string, { readonly lane: string; readonly task: Promise<void> }>();
  const tries = new Set<AbortController>();
  // Outside of the request that offers a job, whose unit of work is over by then.
  const outside = AsyncLocalStorage.snapshot();
  let isOpen = false;
  let isFirst = true;
  let refilling: Promise<void> | undefined;
  const queue = createJobQueue({
    store,
    clock,
    secrets,
    isWanted: (id, { name }) => definitions.has(name) && !running.has(id),
  });
  const poller = createPoller({
    milliseconds: untilNext,
    task: async () => {
      await queue.look();
      pump();
    },
    logger,
    lost: 'jobs could not be looked for',
    back: 'jobs are looked for again',
  });

  // Sooner only for what is known to be due: a store that is out of reach is not asked more often.
  function untilNext(): number {
    const soon = isFirst ? soonest : Math.max(soonest, (queue.nextAt - clock.now()) * 1000);
    isFirst = false;
    // Nodes that were started together do not look together.
    return Math.min(soon, pollMilliseconds * (0.75 + Math.random() / 2));
  }

  function mayRun({ lane }: StoredJob): boolean {
    let inLane = 0;
    for (const one of running.values()) if (one.lane === lane) inLane += 1;
    return inLane < mostRunningInLane;
  }

  function pump(): void {
    while (isOpen && running.size < mostRunning) {
      if (queue.isHungry) refill();
      const due = queue.next(mayRun);
      if (!due) return;
      const task = work(due)
        // The poller tells of an outage. What was taken is taken again when its time is over.
        .catch((error: unknown) => logger.debug({ error }, 'a job could not be taken or ended'))
        .finally(() => {
          running.delete(due.id);
          pump();
        });
      running.set(due.id, { lane: due.job.lane, task });
    }
  }

  // More was due than there was room for. What fails is left to the poller, which waits before it looks again.
  function refill(): void {
    refilling ??= queue
      .look()
      .finally(() => {
        refilling = undefined;
      })
      .then(pump, () => {});
  }

  async function work(due: DueJob): Promise<void> {
    const definition = definitions.get(due.job.name);
    if (!definition) return;
    const now = clock.now();
    const isOver = now >= due.job.until;
    const attempt = isOver ? due.job.attempt : due.job.attempt + 1;
    // What ends its process each time it is tried backs off too.
    const lease = Math.max(timeoutOf(definition) + leaseMarginSeconds, waitAfter(attempt));
    const job: StoredJob = { ...due.job, attempt, at: now + lease };
    if (!(await replace(due, job))) return;
    // The close waits for what runs: what was only taken is another process's when its lease is over.
    if (!isOpen) return;
    const taken: Taken = { id: due.id, revision: due.revision + 1, job, definition };
    const outcome = isOver ? timeIsOver : await tryOnce(taken);
    if (outcome === 'again') return;
    if (outcome !== 'done') await abandon(taken, outcome.giveUp);
    await store.commit([{ remove: { kind: jobKind, id: due.id } }], clock.now());
  }

  async function tryOnce(taken: Taken): Promise<GivenUp | 'done' | 'again'> {
    const { job } = taken;
    try {
      return (await runInTime(taken)) ?? 'done';
    } catch (error) {
      // Cut off by the close: its lease ends by itself.
      if (!isOpen) return 'again';
      logger.info({ job: job.name, attempt: job.attempt, error }, 'a job did not succeed');
      const at = clock.now() + waitAfter(job.attempt);
      if (at >= job.until) return timeIsOver;
      await replace(taken, { ...job, at });
      return 'again';
    }
  }

  async function runInTime(taken: Taken): Promise<GivenUp | undefined> {
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(
      () => controller.abort(new Error('the try took too long')),
      timeoutOf(taken.definition) * 1000,
    );
    tries.add(controller);
    try {
      // One that does not listen to its signal is not waited for.
      const cut = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      const run = taken.definition.run(viewOf(taken, signal)) as Promise<GivenUp | undefined>;
      return await Promise.race([run, cut]);
    } finally {
      clearTimeout(timer);
      tries.delete(controller);
    }
  }

  async function abandon(taken: Taken, reason: string): Promise<void> {
    const { definition, job } = taken;
    logger.warn({ job: job.name, attempt: job.attempt, reason }, 'a job was given up');
    try {
      await definition.abandoned?.(viewOf(taken, new AbortController().signal), reason);
    } catch (error) {
      logger.error({ error, job: job.name }, 'what follows on a job that was given up failed');
    }
  }

  /** Whether nobody was first. */
  function replace({ id, revision }: DueJob, job: StoredJob): Promise<boolean> {
    const write = { put: jobRecord(id, job, secrets), ifRevision: revision };
    return tryCommit(store, [write], clock.now());
  }

  return {
    start() {
      if (definitions.size === 0) return;
      isOpen = true;
      poller.start();
    },
    offer(job) {
      if (!isOpen) return;
      queue.add(job);
      outside(pump);
    },
    async close(milliseconds) {
      isOpen = false;
      const tasks = [...running.values()].map(({ task }) => task);
      const ended = Promise.all([...tasks, refilling, poller.stop()]);
      const waited = new AbortController();
      const { signal } = waited;
      await Promise.race([ended, delay(milliseconds, undefined, { signal })]);
      waited.abort();
      for (const controller of tries) controller.abort(new Error('the server closes'));
      await ended;
    },
  };
}

function viewOf({ id, job }: Taken, signal: AbortSignal): Job<never> {
  const { payload, attempt, enqueuedAt } = job;
  return { id, payload: payload as never, attempt, enqueuedAt, signal };
}
