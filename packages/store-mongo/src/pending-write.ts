import {
  type CheckedWrite,
  checkWrites,
  type DeclaredKind,
  type DeclaredKinds,
  encodeText,
  type NewRecord,
  type Write,
} from '@gatehouse/core';
import { type Content, contentOf } from './documents.js';
import { entryOf, recordId } from './names.js';

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
  const { required, plain } = checkWrites(kinds, writes);
  return { required: required.map(pendingWrite), plain: plain.map(pendingWrite) };
}

function pendingWrite({ kind, write, given }: CheckedWrite): PendingWrite {
  const target = { given, kind };
  if ('insert' in write) return { type: 'insert', ...target, ...storedRecord(kind, write.insert) };
  if ('put' in write) {
    const { put, ifRevision } = write;
    const condition = ifRevision === undefined ? {} : { ifRevision };
    return { type: 'put', ...target, ...storedRecord(kind, put), ...condition };
  }
  if ('consume' in write) {
    const { id, attempt, receipt, expiresAt } = write.consume;
    checkSize(encodeText(attempt), encodeText(receipt ?? ''));
    return {
      type: 'consume',
      ...target,
      _id: recordId(kind.kind, id),
      attempt: encodeText(attempt),
      ...(receipt !== undefined && { receipt: encodeText(receipt) }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
  }
  if ('remove' in write) {
    return { type: 'remove', ...target, _id: recordId(kind.kind, write.remove.id) };
  }
  const { key, value } = write.removeAll;
  return { type: 'removeAll', ...target, entry: entryOf(kind.kind, key, value) };
}

function storedRecord(
  { kind, keys }: DeclaredKind,
  record: NewRecord,
): Pick<RecordWrite, '_id' | 'content' | 'unique'> {
  const content = contentOf(record);
  checkSize(content.payload, content.full ?? '');
  const unique = Object.entries(record.keys).filter(([key]) => keys.get(key)?.unique);
  return { _id: recordId(kind, record.id), content, unique: new Map(unique) };
}

function checkSize(...texts: readonly string[]): void {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > mostBytes) {
    throw new TypeError(`id, payload and keys together may have ${mostBytes} bytes`);
  }
}
