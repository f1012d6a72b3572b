import assert from 'node:assert/strict';
import {
  type ConflictReason,
  type KindDeclaration,
  type ListBy,
  type NewRecord,
  type Store,
  StoreConflict,
  type StoredRecord,
  type Write,
} from '@gatehouse/core';

/** The kinds that the cases use. */
export const contractKinds: readonly KindDeclaration[] = [
  { kind: 'Token', keys: { grantId: {}, accountId: {}, userCode: { unique: true } } },
  { kind: 'Grant', keys: { accountId: {}, userCode: { unique: true } } },
];

/** A token about to be written. */
export function token(id: string, rest: Partial<NewRecord> = {}): NewRecord {
  return { kind: 'Token', id, payload: `{"token":"${id}"}`, keys: {}, ...rest };
}

/** A grant about to be written. */
export function grant(id: string, rest: Partial<NewRecord> = {}): NewRecord {
  return { kind: 'Grant', id, payload: `{"grant":"${id}"}`, keys: {}, ...rest };
}

/** Tokens `t000`, `t001` and so on. */
export function tokens(count: number, rest: Partial<NewRecord> = {}): readonly NewRecord[] {
  return Array.from({ length: count }, (_, n) => token(`t${String(n).padStart(3, '0')}`, rest));
}

/** Inserts records, each in a commit of its own, so that their order is known. */
export async function insertAll(
  store: Store,
  records: readonly NewRecord[],
  now: number,
): Promise<void> {
  for (const insert of records) await store.commit([{ insert }], now);
}

/** All pages of a list as one. */
export async function listAll(
  store: Store,
  by: ListBy,
  now: number,
  limit?: number,
): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  let cursor: string | undefined;
  do {
    const rest = { ...(cursor !== undefined && { cursor }), ...(limit !== undefined && { limit }) };
    const page = await store.list('Token', by, { now, ...rest });
    if (limit !== undefined) assert.ok(page.records.length <= limit, 'a page is over its limit');
    records.push(...page.records);
    assert.ok(records.length <= 20_000, 'list does not come to an end');
    cursor = page.cursor;
  } while (cursor !== undefined);
  return records;
}

/** The ids of records, in the order of the alphabet. */
export function idsOf(records: readonly { readonly id: string }[]): readonly string[] {
  return records.map(({ id }) => id).sort();
}

/** A stored record is this one, field by field. */
export function assertRecord(actual: StoredRecord | undefined, expected: StoredRecord): void {
  assert.ok(actual, `${expected.kind} ${expected.id} is absent`);
  assert.deepEqual(plain(actual), plain(expected));
}

// A store may copy by `structuredClone`, whose objects are of another realm in some test frameworks, or without a prototype.
function plain(record: StoredRecord): StoredRecord {
  const { keys, consumed } = record;
  return { ...record, keys: { ...keys }, ...(consumed && { consumed: { ...consumed } }) };
}

/** The commit conflicts at this write for this reason. */
export async function assertConflict(
  commit: Promise<void>,
  write: Write,
  reason: ConflictReason,
): Promise<void> {
  const conflict = await commit.then(() => assert.fail('the commit succeeded'), asConflict);
  assert.equal(conflict.reason, reason);
  assert.equal(conflict.write, write, 'the conflict does not name the write that failed');
}

/** What was thrown, if it is a conflict. */
export function asConflict(error: unknown): StoreConflict {
  if (error instanceof StoreConflict) return error;
  if (error instanceof Error && error.name === 'StoreConflict') {
    assert.fail('StoreConflict comes from another copy of @gatehouse/core');
  }
  throw error;
}

/** The call is refused as a mistake of the caller. */
export async function assertRefused(call: () => Promise<unknown>, what: string): Promise<void> {
  const accepted = `accepted ${what}`;
  // By name: an error of another realm, as test frameworks make them, is no instance.
  await assert.rejects(
    async () => call(),
    (error: Error) => error.name === 'TypeError',
    accepted,
  );
}
