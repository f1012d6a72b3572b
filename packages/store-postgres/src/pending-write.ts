import type { NewRecord, Write } from '@gatehouse/core';
import { checkCount, checkList, checkNumber, checkObject, checkString } from './checks.js';
import { checkKey, type DeclaredKind, type DeclaredKinds } from './declared-kinds.js';
import { encodeText } from './text.js';

// An entry of an index holds the kind, the id and one value, and has at most 2,704 bytes.
const mostBytes = 2600;

interface Target {
  /** The caller's own object, which a conflict names. */
  readonly given: Write;
  readonly kind: string;
}

/** A record about to be written, with its values as the database holds them. */
export interface RecordWrite extends Target {
  readonly type: 'insert' | 'put';
  readonly id: string;
  readonly payload: string;
  /** JSON. */
  readonly keys: string;
  readonly values: ReadonlyMap<string, string>;
  readonly unique: readonly string[];
  readonly expiresAt: number | null;
  /** A put with it is a precondition. */
  readonly ifRevision?: number;
}

/** A record about to be marked as used. */
export interface ConsumeWrite extends Target {
  readonly type: 'consume';
  readonly id: string;
  readonly attempt: string;
  readonly receipt: string | null;
  readonly expiresAt: number | null;
}

/** A record about to go away. */
export interface RemoveWrite extends Target {
  readonly type: 'remove';
  readonly id: string;
}

/** Records about to go away. */
export interface RemoveAllWrite extends Target {
  readonly type: 'removeAll';
  readonly key: string;
  readonly value: string;
}

/** A write that was checked, with copies that its caller cannot change any more. */
export type PendingWrite = RecordWrite | ConsumeWrite | RemoveWrite | RemoveAllWrite;

/** Checks, copies and encodes the writes of a commit: the preconditions in their order, then the plain writes. */
export function pendingWrites(
  kinds: DeclaredKinds,
  writes: readonly Write[],
): readonly PendingWrite[] {
  checkList(writes, 'writes');
  const pending = writes.map((given) => pendingWrite(kinds, given));
  return [...pending.filter(isRequired), ...pending.filter((write) => !isRequired(write))];
}

/** Whether a commit depends on it. */
export function isRequired(write: PendingWrite): boolean {
  if (write.type === 'put') return write.ifRevision !== undefined;
  return write.type === 'insert' || write.type === 'consume';
}

function pendingWrite(kinds: DeclaredKinds, given: Write): PendingWrite {
  checkObject(given, 'writes[]');
  if ('insert' in given) return { type: 'insert', given, ...copyRecord(kinds, given.insert) };
  if ('put' in given) {
    const { put, ifRevision } = given;
    if (ifRevision !== undefined) checkCount(ifRevision, 'ifRevision');
    const condition = ifRevision === undefined ? {} : { ifRevision };
    return { type: 'put', given, ...copyRecord(kinds, put), ...condition };
  }
  if ('consume' in given) {
    checkObject(given.consume, 'writes[]');
    const { attempt, receipt, expiresAt } = given.consume;
    checkString(attempt, 'attempt');
    if (receipt !== undefined) checkString(receipt, 'receipt');
    return {
      type: 'consume',
      given,
      ...targetOf(kinds, given.consume),
      attempt: encodeText(attempt),
      receipt: receipt === undefined ? null : encodeText(receipt),
      expiresAt: expiryOf(expiresAt),
    };
  }
  if ('remove' in given) return { type: 'remove', given, ...targetOf(kinds, given.remove) };
  if ('removeAll' in given) {
    checkObject(given.removeAll, 'writes[]');
    const { kind, key, value } = given.removeAll;
    checkKey(kinds.of(kind), key);
    checkString(value, 'value');
    return { type: 'removeAll', given, kind, key, value: encodeText(value) };
  }
  throw new TypeError('a write must have insert, put, consume, remove or removeAll');
}

function targetOf(
  kinds: DeclaredKinds,
  target: { readonly kind: string; readonly id: string },
): { kind: string; id: string } {
  checkObject(target, 'writes[]');
  const { kind, id } = target;
  kinds.of(kind);
  checkString(id, 'id');
  return { kind, id: encodeText(id) };
}

function copyRecord(
  kinds: DeclaredKinds,
  record: NewRecord,
): Omit<RecordWrite, 'type' | 'given' | 'ifRevision'> {
  const { kind, id } = targetOf(kinds, record);
  const { payload, keys, expiresAt } = record;
  const declared = kinds.of(kind);
  checkString(payload, 'payload');
  checkObject(keys, 'keys');
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(keys)) {
    checkKey(declared, key);
    checkString(value, `keys.${key}`);
    values.set(key, encodeText(value));
  }
  checkSize(declared, id, values);
  return {
    kind,
    id,
    payload: encodeText(payload),
    keys: JSON.stringify(Object.fromEntries(values)),
    values,
    unique: [...values.keys()].filter((key) => declared.keys.get(key)?.unique),
    expiresAt: expiryOf(expiresAt),
  };
}

function checkSize({ kind }: DeclaredKind, id: string, values: ReadonlyMap<string, string>): void {
  const bytes = (text: string): number => Buffer.byteLength(text);
  const longest = Math.max(0, ...[...values.values()].map(bytes));
  if (bytes(kind) + bytes(id) + longest > mostBytes) {
    throw new TypeError(`kind, id and each key value together may have ${mostBytes} bytes`);
  }
}

function expiryOf(expiresAt: number | undefined): number | null {
  if (expiresAt === undefined) return null;
  checkNumber(expiresAt, 'expiresAt');
  return expiresAt;
}
