import type { Clock } from '../clock.js';
import { createUnitOfWork } from '../engine/unit-of-work.js';
import type { RecordedSession, SessionRecords } from '../engine/session-records.js';
import { ConfigurationError } from '../errors.js';
import type { Store } from '../store.js';
import type { RevokeTarget } from './revoke.js';

/** One login of a person in one browser. */
export interface SessionView {
  /** Names it for `auth.revoke` and `auth.sessions.revoke`, and opens nothing. */
  readonly sessionId: string;
  readonly accountId: string;
  /** When the person proved who they are: epoch seconds, as all times here. */
  readonly authTime: number;
  /** Authentication method references (RFC 8176). */
  readonly amr: readonly string[];
  readonly acr?: string;
  readonly createdAt: number;
  /** Exact to a tenth of `session.idleSeconds`. */
  readonly lastUsedAt: number;
  /** When it ends if nobody uses it. */
  readonly expiresAt: number;
  /** The clients that the person was sent back to in it, by `client_id`. */
  readonly clients: readonly string[];
}

/** One page of sessions. */
export interface SessionPage {
  readonly sessions: readonly SessionView[];
  /** Where the next page starts. It may come with fewer sessions than asked for, or none. */
  readonly cursor?: string;
}

/** Browser sessions as data. */
export interface ManagedSessions {
  /** Those of an account, page by page: 100 at once, if `limit` says nothing else. */
  list(by: { accountId: string; cursor?: string; limit?: number }): Promise<SessionPage>;
  /** Ends one with all that clients were given in it, as `auth.revoke({ sessionId })` does. */
  revoke(session: { sessionId: string }): Promise<void>;
}

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
