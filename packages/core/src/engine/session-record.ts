import type { AdapterPayload } from 'oidc-provider';
import type { NewRecord, StoredRecord } from '../store.js';
import type { Payload } from './records.js';
import { graceSeconds } from './records.js';
import type { BridgeContext } from './store-bridge.js';
import type { UnitOfWork } from './unit-of-work.js';

// The engine gives a session a new id after each interaction, and a request of another tab may still carry the old one.
const followSeconds = 60;

/**
 * Writes a session, conditional on what this request read, so that a session which was removed meanwhile does not come back.
 * A new id for a session that this request has read consumes the old record; its receipt names the new id.
 */
export async function saveSession(
  unit: UnitOfWork,
  value: string,
  record: NewRecord,
  payload: Payload,
  context: BridgeContext,
): Promise<void> {
  const { codec, sessionIdleSeconds } = context;
  const known = await unit.find('Session', { id: record.id });
  if (known) {
    const before = codec.decode(known);
    const moved = (payload.exp ?? 0) - (before?.payload.exp ?? 0);
    const same = before !== undefined && isSameButClock(before.payload, payload);
    // A session that only its clock changed is written at most once per tenth of its idle lifetime.
    if (same && moved < sessionIdleSeconds / 10) return;
  } else {
    await rotate(unit, value, record, payload, context);
  }
  unit.save(record);
}

async function rotate(
  unit: UnitOfWork,
  value: string,
  record: NewRecord,
  payload: Payload,
  { codec, clock }: BridgeContext,
): Promise<void> {
  const old = unit.removed('Session', 'uid', record.keys.uid);
  if (!old) return;
  const before = codec.decode(old);
  // Threat: session fixation. Only a session that was already logged in as this account may lead to its successor; a cookie
  // that was planted before the login leads nowhere.
  const follows = before !== undefined && before.payload.accountId === payload.accountId;
  const receipt = follows && payload.accountId !== undefined ? sealSuccessor(value, old, codec) : '';
  unit.restore('Session', old.id);
  unit.consume('Session', old.id, { receipt, expiresAt: clock.now() + graceSeconds });
}

/** The session that took over from a consumed one, within a minute. */
export async function followSuccessor(
  record: StoredRecord,
  { codec, clock }: BridgeContext,
  find: (id: string) => Promise<AdapterPayload | undefined | void>,
): Promise<AdapterPayload | undefined> {
  const { receipt, at } = record.consumed ?? { at: 0 };
  if (!receipt || clock.now() - at > followSeconds) return undefined;
  const opened = codec.decode({ ...record, id: successorId(record.id), payload: receipt });
  const next = opened?.payload.next;
  if (typeof next !== 'string') return undefined;
  return (await find(next)) ?? undefined;
}

function sealSuccessor(
  value: string,
  old: StoredRecord,
  codec: BridgeContext['codec'],
): string {
  return codec.encode('Session', successorId(old.id), { payload: { next: value }, meta: {} }, {})
    .payload;
}

function successorId(id: string): string {
  return `${id}#successor`;
}

function isSameButClock(before: Payload, after: Payload): boolean {
  const comparable = ({ exp: _exp, jti: _jti, ...rest }: Payload): string =>
    JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
  return comparable(before) === comparable(after);
}
