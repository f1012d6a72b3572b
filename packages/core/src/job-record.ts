import type { JobDefinition } from './job.js';
import type { Secrets } from './secrets.js';
import type { NewRecord, StoredRecord } from './store.js';

/** A job as it lies in the store, sealed. Times are epoch seconds. */
export interface StoredJob {
  readonly name: string;
  /** Jobs of one lane share a few places. */
  readonly lane: string;
  readonly payload: unknown;
  readonly enqueuedAt: number;
  /** From then on nothing is tried any more. */
  readonly until: number;
  /** Tries that have begun. */
  readonly attempt: number;
  /** When somebody is to look at it: when it is due, or when the one who took it must have come to an end. */
  readonly at: number;
}

/** The kind of all jobs. */
export const jobKind = 'Job';

const bucketSeconds = 30;
// Whoever comes back after an outage still finds what was never done, and says so.
const retentionSeconds = 7 * 86_400;
const firstWaitSeconds = 5;
const mostWaitSeconds = 900;

/** The bucket that a job due at that time is found in. */
export function bucketOf(second: number): number {
  return Math.floor(second / bucketSeconds);
}

/** Makes the record of a job. */
export function jobRecord(id: string, job: StoredJob, secrets: Pick<Secrets, 'seal'>): NewRecord {
  return {
    kind: jobKind,
    id,
    payload: secrets.seal('job', JSON.stringify(job), id),
    keys: { due: String(bucketOf(job.at)) },
    expiresAt: job.until + retentionSeconds,
  };
}

/** The other way round. Nothing when no secret opens it. */
export function readJob(
  { id, payload }: StoredRecord,
  secrets: Pick<Secrets, 'open'>,
): StoredJob | undefined {
  const text = secrets.open('job', payload, id);
  return text === undefined ? undefined : (JSON.parse(text) as StoredJob);
}

/**
 * How long a job waits after a try: twice as long each time, a quarter of an hour at most, and up to a half less by chance, so that
 * what failed together does not come back together.
 */
export function waitAfter(attempt: number): number {
  const whole = Math.min(mostWaitSeconds, firstWaitSeconds * 2 ** Math.min(attempt - 1, 20));
  return Math.ceil(whole * (1 - Math.random() / 2));
}

/** How long one try may take. */
export function timeoutOf({ timeoutSeconds = 30 }: JobDefinition): number {
  return timeoutSeconds;
}

/** For how long it is tried. */
export function lifetimeOf({ lifetimeSeconds = 86_400 }: JobDefinition): number {
  return lifetimeSeconds;
}
