import type { Call } from './calls.js';
import { type RecordDocument, dateOf } from './documents.js';
import { duplicateAt, isDuplicate } from './failures.js';

/** How long what is dead stays before it is swept, and what is held outlasts its record: more than any clock is wrong. */
export const slackSeconds = 3600;

/** What stands at the `_id` of a record: live, expired, or nothing. */
export async function readRecord(call: Call, _id: string): Promise<RecordDocument | undefined> {
  const found = await call.send((options) => call.records.findOne({ _id }, options));
  return (found ?? undefined) as RecordDocument | undefined;
}

/** Inserts documents in order, up to the first that is there already; gives its place. */
export async function insertInOrder(
  call: Call,
  documents: readonly object[],
): Promise<number | undefined> {
  const [first, ...others] = documents;
  if (first === undefined) return undefined;
  try {
    await call.send((options) =>
      others.length === 0
        ? call.records.insertOne(first, options)
        : call.records.insertMany([...documents], { ...options, ordered: true }),
    );
    return undefined;
  } catch (error) {
    if (isDuplicate(error)) return duplicateAt(error);
    throw error;
  }
}

/** Changes one document under a condition; `false` when none meets it. */
export async function updateIf(call: Call, condition: object, update: object): Promise<boolean> {
  const result = await call.send((options) => call.records.updateOne(condition, update, options));
  return result.matchedCount > 0;
}

/** The condition that nobody has written a document since it was read. */
export function unchanged({ _id, token, revision }: RecordDocument): object {
  return { _id, token, revision };
}

/**
 * Makes sure that no write which looked at a record before now can still land there: what is absent or dead gets a tombstone,
 * what lives another token. `false` when the record changed since it was read.
 */
export async function shutSlot(
  call: Call,
  _id: string,
  standing: RecordDocument | undefined,
  now: number,
): Promise<boolean> {
  const token = crypto.randomUUID();
  const dead = {
    ...{ payload: '', keys: {}, index: [], token },
    expiresAt: Number.NEGATIVE_INFINITY,
    sweepAt: dateOf(now + slackSeconds),
  };
  if (standing === undefined) {
    return (await insertInOrder(call, [{ _id, ...dead, revision: 0 }])) === undefined;
  }
  if (standing.expiresAt > now) return updateIf(call, unchanged(standing), { $set: { token } });
  const condition = { ...unchanged(standing), expiresAt: { $lte: now } };
  const gone = { full: '', consumed: '', holders: '', heldUntil: '' };
  return updateIf(call, condition, { $set: dead, $unset: gone });
}
