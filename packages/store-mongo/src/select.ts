import {
  type By,
  checkBy,
  checkList,
  checkListBy,
  checkObject,
  checkRelation,
  cursorOf,
  type DeclaredKind,
  type DeclaredKinds,
  type ListBy,
  type ListOptions,
  type Page,
  type Relation,
  readCursor,
  readListOptions,
} from '@gatehouse/core';
import type { Call } from './calls.js';
import { liveAt, type RecordDocument, recordOf } from './documents.js';
import { boundsOf, entryOf, entryStart, markerId, partOf, recordId } from './names.js';
import { comparableText } from './text.js';

/** Selects one record: by the `_id` of it, or of the marker of its unique value. */
export interface Selection {
  readonly kind: DeclaredKind;
  readonly _id: string;
  readonly key?: { readonly part: string; readonly value: string };
}

/** A relation, as it is queried. */
export interface Path {
  readonly kind: DeclaredKind;
  /** The part of the key of the found record. */
  readonly from: string;
  readonly field: '_id' | 'index';
  /** What stands before the value in that field. */
  readonly start: string;
}

/** Checks what selects one record. */
export function selectOne(kind: DeclaredKind, by: By): Selection {
  checkBy(kind, by);
  if ('id' in by) return { kind, _id: recordId(kind.kind, by.id) };
  const { key, value } = by;
  const wanted = { part: partOf(key), value: comparableText(value) };
  return { kind, _id: markerId(kind.kind, key, value), key: wanted };
}

/** Checks relations of a kind. */
export function selectPaths(
  kinds: DeclaredKinds,
  kind: DeclaredKind,
  relations: readonly Relation[],
): readonly Path[] {
  checkList(relations, 'relations');
  return relations.map((relation) => {
    checkObject(relation, 'relations[]');
    const target = kinds.of(relation.kind);
    const key = checkRelation(kind, target, relation);
    const from = partOf(relation.from);
    if (key === undefined) {
      return { kind: target, from, field: '_id', start: recordId(target.kind, '') };
    }
    return { kind: target, from, field: 'index', start: entryStart(target.kind, relation.key) };
  });
}

/** Checks a list, and gives the query of its page for later. */
export function selectPage(
  kind: DeclaredKind,
  by: ListBy,
  options: ListOptions,
): (call: Call) => Promise<Page> {
  const { from, to } = boundsOf(kind.kind);
  checkListBy(kind, by);
  const { now, cursor, limit } = readListOptions(options);
  const after = cursor === undefined ? { $gte: from } : { $gt: idAfter(cursor, from) };
  const condition = {
    ...(by !== 'all' && { index: entryOf(kind.kind, by.key, by.value) }),
    _id: { ...after, $lt: to },
    ...liveAt(now),
  };
  return async (call) => {
    const size = { sort: { _id: 1 }, limit: limit + 1, batchSize: limit + 1 };
    const found = (await call.send((rest) =>
      call.records.find(condition, { ...size, ...rest }).toArray(),
    )) as RecordDocument[];
    const records = found.slice(0, limit).map((document) => recordOf(kind.kind, document));
    const last = found[limit - 1];
    if (found.length <= limit || last === undefined) return { records };
    return { records, cursor: cursorOf(last._id) };
  };
}

// Beyond the kind that is listed there are others.
function idAfter(cursor: string, start: string): string {
  const _id = readCursor(cursor);
  if (!_id.startsWith(start)) throw new TypeError('cursor is not one that list returned');
  return _id;
}
