import type { Clock } from '../clock.js';
import { createUnitOfWork } from '../engine/unit-of-work.js';
import type { RecordedSession, SessionRecords } from '../engine/session-records.js';
import { ConfigurationError } from '../errors.js';
import type { Store } from '../store.js';
import type { RevokeTarget } from './revoke-target.js';
import type { ManagedSessions, SessionView } from './sessions.js';

/** Makes `auth.sessions`. */
export function createManagedSessions({
  store,
  clock,
  records,
  revoke,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly records: SessionRecords;
  readonly revoke: (target: RevokeTarget) => Promise<void>;
}): ManagedSessions {
  return {
    async list({ accountId, cursor, limit = 100 }) {
      if (typeof accountId !== 'string' || accountId === '') {
        const message = 'needs an accountId.';
        throw new ConfigurationError('ERR_USAGE', [{ path: 'auth.sessions.list()', message }]);
      }
      const by = { key: 'accountId', value: accountId };
      const from = cursor === undefined ? {} : { cursor };
      const page = await store.list('Session', by, { now: clock.now(), limit, ...from });
      const unit = createUnitOfWork(store, clock);
      const sessions: SessionView[] = [];
      for (const record of page.records) {
        const session = await records.read(unit, record);
        if (session) sessions.push(viewOf(session));
      }
      return { sessions, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
    },
    revoke: async ({ sessionId }) => revoke({ sessionId }),
  };
}

function viewOf(session: RecordedSession): SessionView {
  const { uid: sessionId, accountId, loginTs: authTime, amr = [], acr } = session;
  return {
    ...{ sessionId, accountId, authTime, amr },
    ...(acr === undefined ? {} : { acr }),
    createdAt: session.iat,
    lastUsedAt: session.usedAt,
    expiresAt: session.exp,
    clients: Object.entries(session.authorizations ?? {}).flatMap(([clientId, { grantId }]) =>
      grantId === undefined ? [] : [clientId],
    ),
  };
}
