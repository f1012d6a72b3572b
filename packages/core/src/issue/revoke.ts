import { commitUnit } from '../engine/commit-unit.js';
import { endFamily, familyKinds } from '../engine/end-family.js';
import { endSession, type SessionEndParts } from '../engine/end-session.js';
import type { SessionRecords } from '../engine/session-records.js';
import type { UnitOfWork } from '../engine/unit-of-work.js';
import { ConfigurationError } from '../errors.js';
import { connectionId, consentRecord, readConsent } from '../interaction/consent.js';
import type { ListBy, Store, StoredRecord } from '../store.js';
import { advanceEpoch, type EpochKind } from './epochs.js';
import { announceRevocation } from './announce-revocation.js';
import type { RevokeTarget } from './revoke-target.js';

/** What revocation needs. */
export interface RevokeParts extends SessionEndParts {
  readonly store: Store;
  readonly sessions: SessionRecords;
}

/**
 * Ends what the target names, at once at this server's endpoints and within two seconds in JWT guards of every node.
 *
 * @see [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009.html)
 */
export async function revoke(target: RevokeTarget, parts: RevokeParts): Promise<void> {
  const members = Object.entries(target ?? {});
  const [[key, value] = ['', '']] = members;
  const connection = connectionOf(target);
  const isNamed = members.every(([name, one]) => isTarget(name) && isName(one));
  if (!isNamed || members.length !== (connection ? 2 : 1)) {
    throw new ConfigurationError('ERR_USAGE', [
      {
        path: 'auth.revoke()',
        message:
          'takes exactly one of accountId, clientId, grantId, sessionId, or accountId with clientId, each a non-empty string.',
      },
    ]);
  }
  if (connection) await revokeConnection(connection, parts);
  else if (key === 'accountId') await revokeAll('AccountEpoch', key, value, parts);
  else if (key === 'clientId') await revokeAll('ClientEpoch', key, value, parts);
  else if (key === 'grantId')
    await commitUnit(parts, async (unit) => endFamily(unit, value, parts.clock.now(), parts));
  else await revokeSession(value, parts);
  parts.events.emit('revoked', target);
}

function connectionOf(target: RevokeTarget): { accountId: string; clientId: string } | undefined {
  const { accountId, clientId } = (target ?? {}) as { accountId?: string; clientId?: string };
  return accountId === undefined || clientId === undefined ? undefined : { accountId, clientId };
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isTarget(key: string): key is 'accountId' | 'clientId' | 'grantId' | 'sessionId' {
  return ['accountId', 'clientId', 'grantId', 'sessionId'].includes(key);
}

// The epoch first: what is being issued at this moment is older than it and dead, whenever it is written.
async function revokeAll(
  epochKind: EpochKind,
  key: 'accountId' | 'clientId',
  id: string,
  parts: RevokeParts,
): Promise<void> {
  await commitUnit(parts, async (unit) => {
    const epoch = await advanceEpoch(unit, epochKind, id);
    if (key !== 'clientId') return;
    announceRevocation(unit, { clientId: id, epoch }, parts.clock.now(), parts);
  });
  if (key === 'accountId') await endSessions(id, parts);
  await endGrants({ key, value: id }, parts);
  await commitUnit(parts, async (unit) => {
    for (const kind of familyKinds) unit.removeAll(kind, key, id);
    unit.removeAll('Consent', key, id);
    if (key === 'accountId') unit.removeAll('Session', key, id);
    else unit.removeAll('ClientCredentials', key, id);
  });
}

// The consent first: an authorization that is under way looks for it again after its commit. It stays as ended until the last
// grant is gone, so that what is interrupted can be seen and done again.
async function revokeConnection(
  { accountId, clientId }: { readonly accountId: string; readonly clientId: string },
  parts: RevokeParts,
): Promise<void> {
  const id = connectionId(accountId, clientId);
  await commitUnit(parts, async (unit) => {
    const record = await unit.find('Consent', { id });
    unit.remove('LastUse', id);
    if (!record) return;
    unit.save(consentRecord({ ...readConsent(record), granted: {}, rejected: {}, ended: true }));
  });
  await endGrants({ key: 'connection', value: id }, parts);
  await commitUnit(parts, async (unit) => {
    const record = await unit.find('Consent', { id });
    const consent = record && readConsent(record);
    // Allowed anew in the meantime: that stands. Past its expiry it is absent, and unlike a removal this is conditional.
    if (consent?.ended) unit.save(consentRecord(consent, parts.clock.now()));
  });
}

async function revokeSession(sessionId: string, parts: RevokeParts): Promise<void> {
  await commitUnit(parts, async (unit) => {
    const record = await unit.find('Session', { key: 'uid', value: sessionId });
    if (record) await endRecorded(unit, record, parts);
  });
  await endGrants({ key: 'sessionUid', value: sessionId }, parts);
}

// One by one: each may have many grants, and clients that are told.
async function endSessions(accountId: string, parts: RevokeParts): Promise<void> {
  const by = { key: 'accountId', value: accountId };
  for (;;) {
    const page = await parts.store.list('Session', by, { now: parts.clock.now(), limit: 100 });
    if (page.records.length === 0) return;
    for (const { id } of page.records) {
      await commitUnit(parts, async (unit) => {
        const record = await unit.find('Session', { id });
        if (record) await endRecorded(unit, record, parts);
      });
    }
  }
}

// What has expired, or was ended half by a call that was interrupted, is removed all the same.
async function endRecorded(
  unit: UnitOfWork,
  record: StoredRecord,
  parts: RevokeParts,
): Promise<void> {
  const session = parts.sessions.open(record);
  if (session) await endSession(unit, session, 'revoked', parts);
  else unit.remove('Session', record.id);
}

async function endGrants(by: ListBy, parts: RevokeParts): Promise<void> {
  for (;;) {
    const page = await parts.store.list('Grant', by, { now: parts.clock.now(), limit: 100 });
    if (page.records.length === 0) return;
    await commitUnit(parts, async (unit) => {
      for (const { id } of page.records as StoredRecord[])
        endFamily(unit, id, parts.clock.now(), parts);
    });
  }
}
