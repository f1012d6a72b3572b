// #region writes
import type { ConflictReason, ListBy, NewRecord, StoredRecord, Write } from '@gatehouse/core';

/** A record and its place in the order of arrival, which a put does not change. */
export interface Entry {
  readonly place: number;
  readonly record: StoredRecord;
}

/** All records, in the order of their arrival. */
export type Records = Map<string, Entry>;

/** What {@link applyWrite} needs to know. */
export interface ApplyContext {
  readonly now: number;
  readonly isUnique: (kind: string, key: string) => boolean;
  readonly nextPlace: () => number;
}

/** Applies one write, or says why its precondition does not hold. `records` holds no expired ones. */
export function applyWrite(
  records: Records,
  write: Write,
  { now, isUnique, nextPlace }: ApplyContext,
): ConflictReason | undefined {
  const read = (target: { kind: string; id: string }) => records.get(keyOf(target))?.record;
  const save = (record: StoredRecord): void => {
    const place = records.get(keyOf(record))?.place ?? nextPlace();
    records.set(keyOf(record), { place, record: freeze(record) });
  };
  const isTaken = ({ kind, id, keys }: NewRecord): boolean =>
    Object.entries(keys).some(
      ([key, value]) =>
        isUnique(kind, key) &&
        recordsBy(records, kind, { key, value }, now).some(({ record }) => record.id !== id),
    );

  if ('insert' in write) {
    if (read(write.insert) || isTaken(write.insert)) return 'exists';
    save({ ...write.insert, revision: 1 });
  } else if ('put' in write) {
    const current = read(write.put);
    if (write.ifRevision !== undefined && !current) return 'gone';
    if (write.ifRevision !== undefined && current?.revision !== write.ifRevision) return 'revision';
    if (isTaken(write.put)) return 'exists';
    const consumed = current?.consumed ? { consumed: current.consumed } : {};
    save({ ...write.put, revision: (current?.revision ?? 0) + 1, ...consumed });
  } else if ('consume' in write) {
    const { kind, id, attempt, receipt, expiresAt } = write.consume;
    const current = read({ kind, id });
    if (!current) return 'gone';
    if (current.consumed) return current.consumed.attempt === attempt ? undefined : 'consumed';
    const consumed = { attempt, at: now, ...(receipt === undefined ? {} : { receipt }) };
    const expiry = expiresAt === undefined ? {} : { expiresAt };
    save({ ...current, ...expiry, revision: current.revision + 1, consumed });
  } else if ('remove' in write) {
    records.delete(keyOf(write.remove));
  } else {
    const { kind, key, value } = write.removeAll;
    for (const { record } of recordsBy(records, kind, { key, value }, now)) {
      records.delete(keyOf(record));
    }
  }
  return undefined;
}
// #endregion writes

/** Records of a kind, in the order of their arrival. A database has an index where this looks at each. */
export function recordsBy(records: Records, kind: string, by: ListBy, now: number): Entry[] {
  return [...records.values()].filter(
    (entry) =>
      entry.record.kind === kind &&
      isLive(entry, now) &&
      (by === 'all' || entry.record.keys[by.key] === by.value),
  );
}

/** From its expiry on a record is absent, whether or not it was swept. */
export function isLive({ record: { expiresAt } }: Entry, now: number): boolean {
  return expiresAt === undefined || expiresAt > now;
}

/** The key of a record in the map. A kind holds no NUL, so the first one ends it. */
export function keyOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind}\0${id}`;
}

function freeze(record: StoredRecord): StoredRecord {
  Object.freeze(record.keys);
  return Object.freeze({
    ...record,
    ...(record.consumed && { consumed: Object.freeze(record.consumed) }),
  });
}
