import {
  type CheckedWrites,
  type ConflictReason,
  type Consumption,
  type NewRecord,
  StoreConflict,
  type StoredRecord,
  type Write,
} from '@gatehouse/core';
import { isExpired, keyOf, type Table } from './tables.js';

/** What becomes of one id: another record, or none. */
export interface Change {
  readonly table: Table;
  readonly id: string;
  readonly record: StoredRecord | undefined;
}

/**
 * Works out what a commit changes, without changing anything: the preconditions in order, then the plain writes, each on
 * top of those before it.
 */
export function planCommit(
  { required, plain }: CheckedWrites<Table>,
  now: number,
): readonly Change[] {
  const drafts = new Map<Table, Draft>();
  for (const { kind: table, write, given } of [...required, ...plain]) {
    const draft = drafts.get(table) ?? { table, records: new Map(), now };
    drafts.set(table, draft);
    const reason = draftWrite(draft, write);
    if (reason !== undefined) throw new StoreConflict(given, reason);
  }
  return [...drafts.values()].flatMap(({ table, records }) =>
    [...records].map(([id, record]) => ({ table, id, record })),
  );
}

/** A table as it will be after the writes so far. */
interface Draft {
  readonly table: Table;
  readonly records: Map<string, StoredRecord | undefined>;
  readonly now: number;
}

function draftWrite(draft: Draft, write: Write): ConflictReason | undefined {
  const { records, now } = draft;
  if ('insert' in write) {
    const record = write.insert;
    if (read(draft, record.id) !== undefined || takesUniqueKey(draft, record)) return 'exists';
    records.set(record.id, stored(record, 1));
  } else if ('put' in write) {
    const { put, ifRevision } = write;
    const current = read(draft, put.id);
    if (ifRevision !== undefined && current === undefined) return 'gone';
    if (ifRevision !== undefined && current?.revision !== ifRevision) return 'revision';
    if (takesUniqueKey(draft, put)) return 'exists';
    records.set(put.id, stored(put, (current?.revision ?? 0) + 1, current?.consumed));
  } else if ('consume' in write) {
    const { id, attempt, receipt, expiresAt } = write.consume;
    const current = read(draft, id);
    if (current === undefined) return 'gone';
    if (current.consumed?.attempt === attempt) return undefined;
    if (current.consumed !== undefined) return 'consumed';
    const kept = expiresAt === undefined ? current : { ...current, expiresAt };
    const consumed = { attempt, at: now, ...(receipt === undefined ? {} : { receipt }) };
    records.set(id, stored(kept, current.revision + 1, consumed));
  } else if ('remove' in write) {
    records.set(write.remove.id, undefined);
  } else {
    const { key, value } = write.removeAll;
    for (const { id } of [...holders(draft, key, value)]) records.set(id, undefined);
  }
  return undefined;
}

function read({ table, records, now }: Draft, id: string): StoredRecord | undefined {
  if (records.has(id)) return records.get(id);
  const record = table.byId.get(id)?.record;
  return record === undefined || isExpired(record, now) ? undefined : record;
}

function takesUniqueKey(draft: Draft, { id, keys }: NewRecord): boolean {
  return Object.entries(keys).some(([key, value]) => {
    if (!draft.table.keys.get(key)?.unique) return false;
    return [...holders(draft, key, value)].some((holder) => holder.id !== id);
  });
}

function* holders(
  { table, records, now }: Draft,
  key: string,
  value: string,
): Generator<StoredRecord> {
  for (const { record } of table.keys.get(key)?.byValue.get(value) ?? []) {
    if (!records.has(record.id) && !isExpired(record, now)) yield record;
  }
  for (const record of records.values()) {
    if (record !== undefined && keyOf(record, key) === value) yield record;
  }
}

function stored(record: NewRecord, revision: number, consumed?: Consumption): StoredRecord {
  const consumption = consumed === undefined ? {} : { consumed: Object.freeze({ ...consumed }) };
  return Object.freeze({ ...record, revision, ...consumption });
}
