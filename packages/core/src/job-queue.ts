import type { Clock } from './clock.js';
import { bucketOf, jobKind, readJob, type StoredJob } from './job-record.js';
import type { Secrets } from './secrets.js';
import type { ListBy, Store, StoredRecord } from './store.js';

/** A job that is due, as it was read. */
export interface DueJob {
  readonly id: string;
  readonly revision: number;
  readonly job: StoredJob;
}

/** Jobs that are due and wait for their turn in this process. */
export interface JobQueue {
  /** Looks into the store for what is due. */
  look(): Promise<void>;
  /** Adds one that is known without a look. */
  add(job: DueJob): void;
  /** Takes one out that may run. Those with the fewest tries first: a receiver that is gone must not hold up the others. */
  next(mayRun: (job: StoredJob) => boolean): DueJob | undefined;
  /** Epoch second from which one that was seen is due. */
  readonly nextAt: number;
  /** Whether the last look left due jobs behind, for which there is room by now. */
  readonly isHungry: boolean;
}

/** What the queue needs. */
export interface JobQueueParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly secrets: Pick<Secrets, 'open'>;
  /** Whether this process takes such a job, and has not taken it. */
  readonly isWanted: (id: string, job: StoredJob) => boolean;
}

const mostWaiting = 500;
// Threat: whoever has many jobs go to a receiver that never answers would fill the queue, and nobody else's came in.
const mostWaitingInLane = 50;
const mostPages = 20;
// So many buckets are ten minutes. Whoever has not looked for longer reads all jobs.
const mostBuckets = 20;
// For what lies in a bucket that was read before it came: clocks differ, and commits take their time.
const sweepSeconds = 600;

/**
 * Finds due jobs by the bucket of the time at which somebody is to look at them. All jobs are read at the start, and now and then.
 */
export function createJobQueue({ store, clock, secrets, isWanted }: JobQueueParts): JobQueue {
  const waiting = new Map<string, DueJob>();
  let from = 0;
  let sweptAt = 0;
  let nextAt = 0;
  let leftBehind = false;

  /** Whether there was room. */
  function put(due: DueJob): boolean {
    if (!waiting.has(due.id)) {
      if (waiting.size >= mostWaiting) return false;
      let inLane = 0;
      for (const { job } of waiting.values()) if (job.lane === due.job.lane) inLane += 1;
      if (inLane >= mostWaitingInLane) return false;
    }
    waiting.set(due.id, due);
    return true;
  }

  /** Whether there was room, if it is due. */
  function see(record: StoredRecord, now: number): boolean {
    const job = readJob(record, secrets);
    if (!job || !isWanted(record.id, job)) return true;
    if (job.at > now) {
      nextAt = Math.min(nextAt, job.at);
      return true;
    }
    const isIn = put({ id: record.id, revision: record.revision, job });
    leftBehind ||= !isIn;
    return isIn;
  }

  /** Whether all of it was taken in. */
  async function read(by: ListBy, now: number): Promise<boolean> {
    let cursor: string | undefined;
    let isWhole = true;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const page = { now, limit: 100, ...(cursor === undefined ? {} : { cursor }) };
      const { records, cursor: next } = await store.list(jobKind, by, page);
      for (const record of records) isWhole = see(record, now) && isWhole;
      if (next === undefined) return isWhole;
      if (waiting.size >= mostWaiting) return false;
      cursor = next;
    }
    return false;
  }

  return {
    async look() {
      const now = clock.now();
      const last = bucketOf(now);
      nextAt = Number.POSITIVE_INFINITY;
      leftBehind = false;
      // Once more the next time: a commit that was under way comes into a bucket that has passed.
      let again = last - 1;
      if (last - from > mostBuckets || now - sweptAt >= sweepSeconds) {
        if (!(await read('all', now))) return;
        sweptAt = now;
      } else {
        for (let bucket = last; bucket >= from; bucket -= 1) {
          if (!(await read({ key: 'due', value: String(bucket) }, now))) again = bucket;
        }
      }
      from = Math.min(again, last - 1);
    },
    add: (due) => void put(due),
    next(mayRun) {
      let best: DueJob | undefined;
      for (const one of waiting.values()) {
        if (best !== undefined && one.job.attempt >= best.job.attempt) continue;
        if (mayRun(one.job)) best = one;
      }
      if (best) waiting.delete(best.id);
      return best;
    },
    get nextAt() {
      return nextAt;
    },
    get isHungry() {
      return leftBehind && waiting.size < mostWaitingInLane / 2;
    },
  };
}
