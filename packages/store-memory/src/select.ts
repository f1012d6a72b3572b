import {
  type By,
  checkBy,
  checkListBy,
  checkObject,
  checkRelation,
  type ListBy,
  type ListOptions,
  type Page,
  type Relation,
  readListOptions,
  type StoredRecord,
} from '@gatehouse/core';
import { type Entry, isExpired, keyOf, type Table, type Tables } from './tables.js';

/** Checks what selects one record, and gives the look-up for later. */
export function selectOne(table: Table, by: By): (now: number) => StoredRecord | undefined {
  checkBy(table, by);
  if ('id' in by) {
    const { id } = by;
    return (now) => live(table.byId.get(id), now);
  }
  const { key, value } = by;
  const index = table.keys.get(key);
  // An expired record does not hold its value, so another may have it by now.
  return (now) => allLive(index?.byValue.get(value) ?? [], now)[0];
}

/** Checks what selects many records, and gives the look-up for later, in the order of their arrival. */
export function selectMany(table: Table, by: ListBy): () => Iterable<Entry> {
  checkListBy(table, by);
  if (by === 'all') return () => table.byId.values();
  const { key, value } = by;
  const index = table.keys.get(key);
  // A put may have moved an older record to this value, so the set is not in order.
  return () => [...(index?.byValue.get(value) ?? [])].sort((a, b) => a.place - b.place);
}

/** Checks a relation, and gives the look-up of the records that a record points to. */
export function selectRelated(
  tables: Tables,
  table: Table,
  relation: Relation,
): (record: StoredRecord, now: number) => readonly StoredRecord[] {
  checkObject(relation, 'relations[]');
  const { from } = relation;
  const target = tables.of(relation.kind);
  const index = checkRelation(table, target, relation);
  return (record, now) => {
    const value = keyOf(record, from);
    if (value === undefined) return [];
    const entries = index === undefined ? [target.byId.get(value)] : index.byValue.get(value);
    return allLive(entries ?? [], now);
  };
}

/** Checks the options of a list, and gives the page of what will have been selected. */
export function selectPage(options: ListOptions): (entries: Iterable<Entry>) => Page {
  const { now, cursor, limit } = readListOptions(options);
  const after = cursor === undefined ? 0 : placeOf(cursor);
  return (entries) => {
    const records: StoredRecord[] = [];
    let last = after;
    for (const { place, record } of entries) {
      if (place <= after || isExpired(record, now)) continue;
      if (records.length === limit) return { records, cursor: cursorOf(last) };
      records.push(record);
      last = place;
    }
    return { records };
  };
}

function live(entry: Entry | undefined, now: number): StoredRecord | undefined {
  return entry === undefined || isExpired(entry.record, now) ? undefined : entry.record;
}

function allLive(entries: Iterable<Entry | undefined>, now: number): readonly StoredRecord[] {
  return [...entries].flatMap((entry) => live(entry, now) ?? []);
}

function cursorOf(place: number): string {
  return `after-${place}`;
}

function placeOf(cursor: string): number {
  const place = Number(/^after-(\d{1,15})$/.exec(cursor)?.[1]);
  if (Number.isNaN(place)) throw new TypeError('cursor is not one that list returned');
  return place;
}
