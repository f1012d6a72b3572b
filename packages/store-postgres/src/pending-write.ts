import {
  type CheckedWrite,
  checkWrites,
  type DeclaredKind,
  type DeclaredKinds,
  encodeText,
  type NewRecord,
  type Write,
} from '@gatehouse/core';

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
  const { required, plain } = checkWrites(kinds, writes);
  return [...required, ...plain].map(pendingWrite);
}

/** Whether a commit depends on it. */
export function isRequired(write: PendingWrite): boolean {
  if (write.type === 'put') return write.ifRevision !== undefined;
  return write.type === 'insert' || write.type === 'consume';
}

function pendingWrite({ kind, write, given }: CheckedWrite): PendingWrite {
  const target = { given, kind: kind.kind };
  if ('insert' in write) return { type: 'insert', ...target, ...encoded(kind, write.insert) };
  if ('put' in write) {
    const { put, ifRevision } = write;
    const condition = ifRevision === undefined ? {} : { ifRevision };
    return { type: 'put', ...target, ...encoded(kind, put), ...condition };
  }
  if ('consume' in write) {
    const { id, attempt, receipt, expiresAt } = write.consume;
    return {
      type: 'consume',
      ...target,
      id: encodeText(id),
      attempt: encodeText(attempt),
      receipt: receipt === undefined ? null : encodeText(receipt),
      expiresAt: expiresAt ?? null,
    };
  }
  if ('remove' in write) return { type: 'remove', ...target, id: encodeText(write.remove.id) };
  const { key, value } = write.removeAll;
  return { type: 'removeAll', ...target, key, value: encodeText(value) };
}

function encoded(
  kind: DeclaredKind,
  { payload, keys, expiresAt, ...record }: NewRecord,
): Omit<RecordWrite, 'type' | 'given' | 'kind' | 'ifRevision'> {
  const id = encodeText(record.id);
  const values = new Map(Object.entries(keys).map(([key, value]) => [key, encodeText(value)]));
  checkSize(kind, id, values);
  return {
    id,
    payload: encodeText(payload),
    keys: JSON.stringify(Object.fromEntries(values)),
    values,
    unique: [...values.keys()].filter((key) => kind.keys.get(key)?.unique),
    expiresAt: expiresAt ?? null,
  };
}

function checkSize({ kind }: DeclaredKind, id: string, values: ReadonlyMap<string, string>): void {
  const bytes = (text: string): number => Buffer.byteLength(text);
  const longest = Math.max(0, ...[...values.values()].map(bytes));
  if (bytes(kind) + bytes(id) + longest > mostBytes) {
    throw new TypeError(`kind, id and each key value together may have ${mostBytes} bytes`);
  }
}
