import { isPrecondition, type NewRecord, type Write } from '@gatehouse/core';
import { checkCount, checkList, checkNumber, checkObject, checkString } from './checks.js';
import { checkKey, type DeclaredKind, type DeclaredKinds } from './declared-kinds.js';
import { type Content, contentOf } from './documents.js';
import { entryOf, recordId } from './names.js';
import { encodeText } from './text.js';

// A document has at most 16 MB; the record and the receipt of its consumption share it.
const mostBytes = 7_000_000;

interface Target {
  /** The caller's own object, which a conflict names. */
  readonly given: Write;
  readonly kind: DeclaredKind;
}

/** A record about to be written, as it will be stored. */
export interface RecordWrite extends Target {
  readonly type: 'insert' | 'put';
  readonly _id: string;
  readonly content: Content;
  /** The values of its unique keys. */
  readonly unique: ReadonlyMap<string, string>;
  /** A put with it is a precondition. */
  readonly ifRevision?: number;
}

/** A record about to be marked as used. */
export interface ConsumeWrite extends Target {
  readonly type: 'consume';
  readonly _id: string;
  readonly attempt: string;
  readonly receipt?: string;
  readonly expiresAt?: number;
}

/** A record about to go away. */
export interface RemoveWrite extends Target {
  readonly type: 'remove';
  readonly _id: string;
}

/** Records about to go away. */
export interface RemoveAllWrite extends Target {
  readonly type: 'removeAll';
  /** What stands in the index for the key that they share. */
  readonly entry: string;
}

/** A write that was checked, with copies that its caller cannot change any more. */
export type PendingWrite = RecordWrite | ConsumeWrite | RemoveWrite | RemoveAllWrite;

/** Checks and copies the writes of a commit: the preconditions in their order, then the plain writes. */
export function pendingWrites(
  kinds: DeclaredKinds,
  writes: readonly Write[],
): { readonly required: readonly PendingWrite[]; readonly plain: readonly PendingWrite[] } {
  checkList(writes, 'writes');
  const pending = writes.map((given) => pendingWrite(kinds, given));
  return {
    required: pending.filter(({ given }) => isPrecondition(given)),
    plain: pending.filter(({ given }) => !isPrecondition(given)),
  };
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
    const target = targetOf(kinds, given.consume);
    const { attempt, receipt, expiresAt } = given.consume;
    checkString(attempt, 'attempt');
    if (receipt !== undefined) checkString(receipt, 'receipt');
    if (expiresAt !== undefined) checkNumber(expiresAt, 'expiresAt');
    checkSize(encodeText(attempt), encodeText(receipt ?? ''));
    return {
      type: 'consume',
      given,
      ...target,
      attempt: encodeText(attempt),
      ...(receipt !== undefined && { receipt: encodeText(receipt) }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
  }
  if ('remove' in given) return { type: 'remove', given, ...targetOf(kinds, given.remove) };
  if ('removeAll' in given) {
    checkObject(given.removeAll, 'writes[]');
    const { kind, key, value } = given.removeAll;
    const declared = kinds.of(kind);
    checkKey(declared, key);
    checkString(value, 'value');
    return { type: 'removeAll', given, kind: declared, entry: entryOf(kind, key, value) };
  }
  throw new TypeError('a write must have insert, put, consume, remove or removeAll');
}

function targetOf(
  kinds: DeclaredKinds,
  target: { readonly kind: string; readonly id: string },
): { readonly kind: DeclaredKind; readonly _id: string } {
  checkObject(target, 'writes[]');
  const { kind, id } = target;
  const declared = kinds.of(kind);
  checkString(id, 'id');
  return { kind: declared, _id: recordId(kind, id) };
}

function copyRecord(
  kinds: DeclaredKinds,
  record: NewRecord,
): Omit<RecordWrite, 'type' | 'given' | 'ifRevision'> {
  const target = targetOf(kinds, record);
  const { kind, id, payload, keys, expiresAt } = record;
  checkString(payload, 'payload');
  checkObject(keys, 'keys');
  const unique = new Map<string, string>();
  for (const [key, value] of Object.entries(keys)) {
    const declared = checkKey(target.kind, key);
    checkString(value, `keys.${key}`);
    if (declared.unique) unique.set(key, value);
  }
  if (expiresAt !== undefined) checkNumber(expiresAt, 'expiresAt');
  const rest = expiresAt === undefined ? {} : { expiresAt };
  const content = contentOf({ kind, id, payload, keys, ...rest });
  checkSize(content.payload, content.full ?? '');
  return { ...target, content, unique };
}

function checkSize(...texts: readonly string[]): void {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > mostBytes) {
    throw new TypeError(`id, payload and keys together may have ${mostBytes} bytes`);
  }
}
