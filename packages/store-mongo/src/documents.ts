import {
  type Consumption,
  decodeText,
  encodeText,
  type NewRecord,
  type StoredRecord,
} from '@gatehouse/core';
import { entryOf, nameOf, partOf, recordId } from './names.js';
import { comparableText, isShortened } from './text.js';

/** What a write says of a record. No name of a field comes from a value, and each value is a string. */
export interface Content {
  readonly payload: string;
  /** For joins: comparable text by the key's part. */
  readonly keys: Readonly<Record<string, string>>;
  /** One entry for each key, which holds the kind and the key too: one index serves all of them. */
  readonly index: readonly string[];
  /** JSON of the id and the keys, where one of them was shortened. */
  readonly full?: string;
  /** Epoch second; `Infinity` without expiry. */
  readonly expiresAt: number;
  /** From when the record may be swept. */
  readonly sweepAt?: Date;
}

/** A record as it is stored. */
export interface RecordDocument extends Content {
  readonly _id: string;
  readonly revision: number;
  /** Names the write that was last, so that its retry recognises itself. */
  readonly token: string;
  readonly consumed?: Consumption;
  /** By the part of each unique key that the record has: who holds its marker. */
  readonly holders?: Readonly<Record<string, string>>;
  /** Until when the markers stay; `Infinity` without an end. */
  readonly heldUntil?: number;
}

/** The fields of {@link Content} that may be absent. */
export const optionalContent: readonly (keyof Content)[] = ['full', 'sweepAt'];

// Dates are milliseconds, to the end of the year 9999.
const lastSecond = 253_402_300_799;

/** A moment as a date, which a TTL index understands. */
export function dateOf(epochSecond: number): Date {
  return new Date(Math.max(-lastSecond, Math.min(epochSecond, lastSecond)) * 1000);
}

/** What a record says, as it is stored. */
export function contentOf({ kind, id, payload, keys, expiresAt }: NewRecord): Content {
  const entries = Object.entries(keys);
  const parts = entries.map(([key, value]) => [partOf(key), comparableText(value)] as const);
  const shortened = [comparableText(id), ...parts.map(([, value]) => value)].some(isShortened);
  return {
    payload: encodeText(payload),
    keys: Object.fromEntries(parts),
    index: entries.map(([key, value]) => entryOf(kind, key, value)),
    ...(shortened && { full: JSON.stringify({ id, keys: entries }) }),
    expiresAt: expiresAt ?? Number.POSITIVE_INFINITY,
    ...(expiresAt !== undefined && { sweepAt: dateOf(expiresAt) }),
  };
}

/** The record that a document holds. */
export function recordOf(kind: string, document: RecordDocument): StoredRecord {
  const { _id, payload, expiresAt, revision, consumed } = document;
  const { id, keys } = namesOf(kind, document, _id);
  return {
    kind,
    id,
    payload: decodeText(payload),
    keys,
    ...(Number.isFinite(expiresAt) && { expiresAt }),
    revision,
    ...(consumed && { consumed: consumptionOf(consumed) }),
  };
}

/** Whether a document holds a record at that time. */
export function isLive(
  document: RecordDocument | undefined,
  now: number,
): document is RecordDocument {
  return document !== undefined && document.expiresAt > now;
}

/** The condition that {@link isLive} checks. */
export function liveAt(now: number): { readonly expiresAt: object } {
  return { expiresAt: { $gt: now } };
}

function namesOf(
  kind: string,
  { full, keys }: RecordDocument,
  _id: string,
): { id: string; keys: Record<string, string> } {
  if (full !== undefined) {
    const names = JSON.parse(full) as { id: string; keys: [string, string][] };
    return { id: names.id, keys: Object.fromEntries(names.keys) };
  }
  const values = Object.entries(keys).map(([part, value]) => [nameOf(part), decodeText(value)]);
  return { id: decodeText(_id.slice(recordId(kind, '').length)), keys: Object.fromEntries(values) };
}

function consumptionOf({ attempt, at, receipt }: Consumption): Consumption {
  return {
    attempt: decodeText(attempt),
    at,
    ...(receipt !== undefined && { receipt: decodeText(receipt) }),
  };
}
