import type { Secrets } from '../secrets.js';
import { hashOf } from '../secrets.js';
import type { NewRecord, StoredRecord } from '../store.js';
import { bearerKinds } from './kinds.js';

/** What we keep beside an engine payload. */
export interface Meta {
  /** {@link Epochs} that the record was made under: a later revocation makes it dead. */
  readonly accountEpoch?: number;
  readonly clientEpoch?: number;
  /** The session's login came from the host's own session. */
  readonly host?: true;
  /** The request that used a replay id up. */
  readonly attempt?: string;
  /** When the session was written last. */
  readonly usedAt?: number;
  /** The session has a new id; what is left here leads to it. */
  readonly moved?: true;
}

/** An engine payload, as the engine's models read and write it. */
export type Payload = Record<string, unknown> & {
  jti?: string | undefined;
  exp?: number | undefined;
};

/** A decoded record. */
export interface Decoded {
  readonly payload: Payload;
  readonly meta: Meta;
}

/** Retention past validity: the protocol tells expired from unknown for that long. */
export const graceSeconds = 600;

// A record that was found by a key is given back under this mark and its stored id, and not under a value that somebody could
// present. Presented values use A-Za-z0-9_- only, so none equals a handle.
const handleMark = '~';

/** The name by which the engine may save or destroy a record that was not found by its presented value. */
export function handleOf(storedId: string): string {
  return `${handleMark}${storedId}`;
}

/** Whether a presented value tries to be a handle. */
export function isHandle(value: string): boolean {
  return value.startsWith(handleMark);
}

/** The id under which the store keeps what the engine calls `value`. */
export function storedIdOf(kind: string, value: string): string {
  if (isHandle(value)) return value.slice(handleMark.length);
  return bearerKinds.has(kind) ? hashOf(value) : value;
}

/** Makes records of engine payloads, and the other way round. */
export interface RecordCodec {
  encode(kind: string, id: string, decoded: Decoded, keys: Record<string, string>): NewRecord;
  decode(record: StoredRecord): Decoded | undefined;
}

/** Bearer kinds are sealed with their place as context, so that a payload moved to another record does not open. */
export function createRecordCodec(secrets: Secrets): RecordCodec {
  return {
    encode(kind, id, { payload, meta }, keys) {
      const { jti: _bearer, ...rest } = payload;
      const bearer = bearerKinds.has(kind);
      const text = JSON.stringify({ p: bearer ? rest : payload, m: meta });
      return {
        kind,
        id,
        payload: bearer ? secrets.seal('record', text, `${kind}\0${id}`) : text,
        keys,
        ...(payload.exp === undefined ? {} : { expiresAt: payload.exp + graceSeconds }),
      };
    },
    decode({ kind, id, payload }) {
      const text = bearerKinds.has(kind)
        ? secrets.open('record', payload, `${kind}\0${id}`)
        : payload;
      if (text === undefined) return undefined;
      const { p, m } = JSON.parse(text) as { p: Payload; m: Meta };
      return { payload: p, meta: m };
    },
  };
}
