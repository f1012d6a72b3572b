import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import type { Announcement } from '../issue/announce-revocation.js';
import type { EngineSession } from './current-session.js';
import { endFamily } from './end-family.js';
import type { TellClients } from './openid-backchannel.js';
import { storedIdOf } from './records.js';
import type { SessionEndReason } from './session-end-reason.js';
import type { UnitOfWork } from './unit-of-work.js';

/** A session that ends. */
export type EndingSession = Pick<EngineSession, 'jti' | 'uid' | 'accountId' | 'authorizations'>;

/** What the end of a session needs. */
export interface SessionEndParts extends Announcement {
  readonly clock: Clock;
  readonly events: EventHub;
  /** With OpenID Connect. */
  readonly tellClients?: TellClients;
}

// These mean every device and every token: what a client holds for the time that the person is away is no exception.
const endsAll: ReadonlySet<SessionEndReason> = new Set(['revoked', 'logged_out_everywhere']);

/**
 * Ends a browser session: every end passes through here, in the unit of work of whoever ends it. Its grants end with it, but for
 * those that were given to outlive it (OpenID Connect Core §11); an event tells so once that is written.
 */
export async function endSession(
  unit: UnitOfWork,
  session: EndingSession,
  reason: SessionEndReason,
  parts: SessionEndParts,
): Promise<void> {
  const { jti, uid, accountId, authorizations = {} } = session;
  const now = parts.clock.now();
  // Past its expiry it is absent, and unlike a removal this is conditional on what was read: whoever is given something meanwhile is
  // not forgotten, and of two ends one is told.
  unit.save({
    kind: 'Session',
    id: storedIdOf('Session', jti),
    payload: '',
    keys: {},
    expiresAt: now,
  });
  for (const { grantId, persistsLogout = false } of Object.values(authorizations)) {
    if (grantId === undefined || (persistsLogout && !endsAll.has(reason))) continue;
    endFamily(unit, grantId, now, parts);
  }
  await parts.tellClients?.(unit, session);
  const who = accountId === undefined ? {} : { accountId };
  const event = { sessionId: uid, reason, ...who };
  unit.afterCommit(() => parts.events.emit('session.ended', event, unit.requestId));
}
