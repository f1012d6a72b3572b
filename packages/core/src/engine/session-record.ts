import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { NewRecord, StoredRecord } from '../store.js';
import type { Payload } from './records.js';
import type { BridgeContext } from './store-bridge.js';
import type { UnitOfWork } from './unit-of-work.js';

// The engine gives a session a new id after each interaction, and a request of another tab may still carry the old one.
const followSeconds = 60;

/**
 * Whether a session needs no write: one that only its clock changed is written at most once per tenth of its idle lifetime.
 */
export async function isSettled(
  unit: UnitOfWork,
  id: string,
  payload: Payload,
  { codec, sessionIdleSeconds }: BridgeContext,
): Promise<boolean> {
  const known = await unit.find('Session', { id });
  const before = known && codec.decode(known);
  if (!before) return false;
  const moved = (payload.exp ?? 0) - (before.payload.exp ?? 0);
  return moved < sessionIdleSeconds / 10 && isSameButClock(before.payload, payload);
}

/**
 * Writes a session, conditional on what this request read, so that a session which was removed meanwhile does not come back.
 * When it got a new id, the old record becomes a signpost to it, under the same condition.
 */
export function saveSession(
  unit: UnitOfWork,
  value: string,
  record: NewRecord,
  payload: Payload,
  context: BridgeContext,
): void {
  const old = unit.removed('Session', 'uid', record.keys.uid);
  if (old) leaveSignpost(unit, old, value, payload, context);
  unit.save(record);
}

// Threat: session fixation. Only a session that was already logged in as this account may lead to its successor; a cookie that
// was planted before the login leads nowhere.
function leaveSignpost(
  unit: UnitOfWork,
  old: StoredRecord,
  next: string,
  { accountId }: Payload,
  { codec, clock }: BridgeContext,
): void {
  const before = codec.decode(old)?.payload.accountId;
  const follow = accountId !== undefined && before === accountId ? { next } : {};
  const exp = clock.now() + followSeconds;
  unit.save(
    codec.encode('Session', old.id, { payload: { ...follow, exp }, meta: { moved: true } }, {}),
  );
}

/** The session that a signpost leads to, within a minute. */
export async function followSignpost(
  { next, exp }: Payload,
  { clock }: BridgeContext,
  find: Adapter['find'],
): Promise<AdapterPayload | undefined> {
  if (typeof next !== 'string' || (exp ?? 0) <= clock.now()) return undefined;
  return (await find(next)) ?? undefined;
}

function isSameButClock(before: Payload, after: Payload): boolean {
  const comparable = ({ exp: _exp, jti: _jti, ...rest }: Payload): string =>
    JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
  return comparable(before) === comparable(after);
}
