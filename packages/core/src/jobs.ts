import type { Logger } from './app/logger.js';
import type { Clock } from './clock.js';
import { findUnitOfWork } from './engine/unit-of-work.js';
import type { JobDefinition, JobHandle } from './job.js';
import { jobRecord, lifetimeOf, type StoredJob } from './job-record.js';
import { createJobWorker, type JobWorker } from './job-worker.js';
import { randomId, type Secrets } from './secrets.js';
import type { Store } from './store.js';

/** The jobs of a server. */
export interface Jobs extends Pick<JobWorker, 'start' | 'close'> {
  /** Declares a job, while plugins are set up. */
  define<Payload>(definition: JobDefinition<Payload>): JobHandle<Payload>;
}

/** What jobs need. */
export interface JobsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly secrets: Pick<Secrets, 'seal' | 'open'>;
  readonly logger: Logger;
  readonly pollMilliseconds?: number;
}

const longestPayload = 65_536;

/** Makes the jobs of a server: none runs before `start`. */
export function createJobs(parts: JobsParts): Jobs {
  const { store, clock, secrets } = parts;
  const definitions = new Map<string, JobDefinition>();
  const worker = createJobWorker({ ...parts, definitions });

  async function enqueue(
    definition: JobDefinition,
    payload: unknown,
    delay: number,
    lane: string,
  ): Promise<void> {
    const id = randomId();
    const job = { ...newJob(definition, payload, clock.now(), delay), lane };
    const insert = jobRecord(id, job, secrets);
    const offer = (): void => {
      if (delay === 0) worker.offer({ id, revision: 1, job });
    };
    const unit = findUnitOfWork();
    if (unit && !unit.isOver && !unit.notes.readsOnly) {
      unit.save(insert);
      unit.afterCommit(offer);
      return;
    }
    await store.commit([{ insert }], clock.now());
    offer();
  }

  return {
    start: worker.start,
    close: worker.close,
    define(definition) {
      definitions.set(definition.name, definition);
      return {
        enqueue: (payload, { delaySeconds = 0, lane = definition.name } = {}) =>
          enqueue(definition, payload, Math.max(0, Math.ceil(delaySeconds)), lane),
      };
    },
  };
}

function newJob(
  definition: JobDefinition,
  payload: unknown,
  now: number,
  delay: number,
): Omit<StoredJob, 'lane'> {
  const text = JSON.stringify(payload) as string | undefined;
  if (text === undefined || text.length > longestPayload || !Number.isSafeInteger(delay)) {
    throw new TypeError(
      `enqueue() of the job ${definition.name} takes a payload for JSON of at most ${longestPayload} characters, and delaySeconds as a number`,
    );
  }
  const at = now + delay;
  // As it will be read: what JSON changes, it changes for the first try too.
  const read = JSON.parse(text) as unknown;
  const until = at + lifetimeOf(definition);
  return { name: definition.name, payload: read, enqueuedAt: now, until, attempt: 0, at };
}
