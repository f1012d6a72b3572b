import { checkKey, checkUniqueKey, type DeclaredKey, type DeclaredKind } from './declared-kinds.js';
import type { By, ListBy, ListOptions, Relation } from './store.js';
import { checkCount, checkNumber, checkObject, checkString } from './store-arguments.js';

/**
 * Refuses what selects no one record of a kind: no id, and no value of a key that is declared unique.
 *
 * @throws {TypeError}
 * @group store
 */
export function checkBy(kind: DeclaredKind, by: By): void {
  checkObject(by, 'by');
  if ('id' in by) {
    checkString(by.id, 'id');
  } else {
    checkUniqueKey(kind, by.key);
    checkString(by.value, 'value');
  }
}

/**
 * Refuses what selects no records of a kind: neither `all` nor a value of a declared key.
 *
 * @throws {TypeError}
 * @group store
 */
export function checkListBy(kind: DeclaredKind, by: ListBy): void {
  if (by === 'all') return;
  checkObject(by, 'by');
  checkKey(kind, by.key);
  checkString(by.value, 'value');
}

/**
 * Refuses options of no list; gives them with the limit that stands for none otherwise. What a cursor says is the store's own to
 * read.
 *
 * @throws {TypeError}
 * @group store
 */
export function readListOptions(options: ListOptions): ListOptions & { readonly limit: number } {
  checkObject(options, 'options');
  const { now, cursor, limit = 100 } = options;
  checkNumber(now, 'now');
  if (cursor !== undefined) checkString(cursor, 'cursor');
  checkCount(limit, 'limit');
  return { ...options, limit };
}

/**
 * Refuses a relation that no record of the kind has; gives the key of the target that it goes by otherwise, or nothing for its id.
 *
 * @param target - The kind that the relation names, as it was declared.
 * @throws {TypeError}
 * @group store
 */
export function checkRelation<Key extends DeclaredKey>(
  kind: DeclaredKind,
  target: DeclaredKind<Key>,
  { key, from }: Relation,
): Key | undefined {
  checkKey(kind, from);
  return key === 'id' ? undefined : checkKey(target, key);
}
