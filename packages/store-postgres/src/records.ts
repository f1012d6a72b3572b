import { decodeText, type StoredRecord } from '@gatehouse/core';
import type { Row } from './connections.js';

/** The columns of a record, each as text, for {@link recordOf}. */
export function columnsOf(table: string): string {
  const columns = ['kind', 'id', 'payload', 'keys', 'revision', 'expires_at'];
  const consumption = ['consumed_attempt', 'consumed_at', 'receipt'];
  return [...columns, ...consumption].map((column) => `${table}.${column}::text`).join(', ');
}

/** The record of a row. */
export function recordOf(row: Row): StoredRecord {
  const [kind, id, payload, keys, revision, expiresAt, attempt, at, receipt] = row;
  const consumed = typeof attempt === 'string' && {
    attempt: decodeText(attempt),
    at: Number(at),
    ...(typeof receipt === 'string' && { receipt: decodeText(receipt) }),
  };
  return {
    kind: kind ?? '',
    id: decodeText(id ?? ''),
    payload: decodeText(payload ?? ''),
    keys: keysOf(keys ?? '{}'),
    revision: Number(revision),
    ...(typeof expiresAt === 'string' && { expiresAt: Number(expiresAt) }),
    ...(consumed && { consumed }),
  };
}

function keysOf(json: string): Readonly<Record<string, string>> {
  const keys = JSON.parse(json) as Readonly<Record<string, string>>;
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, decodeText(value)]));
}
