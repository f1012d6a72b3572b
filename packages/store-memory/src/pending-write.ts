import type { NewRecord, Write } from '@gatehouse/core';
import {
  checkCount,
  checkKey,
  checkList,
  checkNumber,
  checkObject,
  checkString,
} from './checks.js';
import type { Table, Tables } from './tables.js';

/** A write that was checked, with a copy that its caller cannot change any more. */
export interface PendingWrite {
  readonly table: Table;
  readonly write: Write;
  /** The caller's own object, which a conflict names. */
  readonly given: Write;
}

/** Checks and copies the writes of a commit. */
export function pendingWrites(tables: Tables, writes: readonly Write[]): readonly PendingWrite[] {
  checkList(writes, 'writes');
  return writes.map((given) => ({ given, ...pendingWrite(tables, given) }));
}

function pendingWrite(tables: Tables, given: Write): Omit<PendingWrite, 'given'> {
  checkObject(given, 'writes[]');
  if ('insert' in given) {
    const table = tableOf(tables, given.insert);
    return { table, write: { insert: copyRecord(table, given.insert) } };
  }
  if ('put' in given) {
    const { put, ifRevision } = given;
    const table = tableOf(tables, put);
    if (ifRevision !== undefined) checkCount(ifRevision, 'ifRevision');
    const condition = ifRevision === undefined ? {} : { ifRevision };
    return { table, write: { put: copyRecord(table, put), ...condition } };
  }
  if ('consume' in given) {
    const { kind, id, attempt, receipt, expiresAt } = given.consume;
    const table = tableOf(tables, given.consume);
    checkString(id, 'id');
    checkString(attempt, 'attempt');
    if (receipt !== undefined) checkString(receipt, 'receipt');
    const rest = { ...(receipt === undefined ? {} : { receipt }), ...expiryOf(expiresAt) };
    return { table, write: { consume: { kind, id, attempt, ...rest } } };
  }
  if ('remove' in given) {
    const { kind, id } = given.remove;
    const table = tableOf(tables, given.remove);
    checkString(id, 'id');
    return { table, write: { remove: { kind, id } } };
  }
  if ('removeAll' in given) {
    const { kind, key, value } = given.removeAll;
    const table = tableOf(tables, given.removeAll);
    checkKey(table, key);
    checkString(value, 'value');
    return { table, write: { removeAll: { kind, key, value } } };
  }
  throw new TypeError('a write must have insert, put, consume, remove or removeAll');
}

function tableOf(tables: Tables, target: { readonly kind: string }): Table {
  checkObject(target, 'writes[]');
  checkString(target.kind, 'kind');
  return tables.of(target.kind);
}

function copyRecord(table: Table, { kind, id, payload, keys, expiresAt }: NewRecord): NewRecord {
  checkString(id, 'id');
  checkString(payload, 'payload');
  checkObject(keys, 'keys');
  for (const [key, value] of Object.entries(keys)) {
    checkKey(table, key);
    checkString(value, `keys.${key}`);
  }
  return { kind, id, payload, keys: Object.freeze({ ...keys }), ...expiryOf(expiresAt) };
}

function expiryOf(expiresAt: number | undefined): { expiresAt?: number } {
  if (expiresAt === undefined) return {};
  checkNumber(expiresAt, 'expiresAt');
  return { expiresAt };
}
