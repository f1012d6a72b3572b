import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './browser-accounts.js';
import { currentSession, type EngineSession } from './current-session.js';
import { type HostSessionParts, type SyncMoment, syncHostSession } from './host-session.js';
import { unitOfWork } from './unit-of-work.js';
import { accountOrEnd } from './void-session.js';

/** What it works with. */
export interface PrepareSessionParts extends HostSessionParts {
  /** Looks for the account that the request names among those that are signed in there. Absent where there is one only. */
  readonly selectByHint?: (exchange: Exchange) => Promise<void>;
}

/** Brings the browser's session into the state that the engine shall see. */
export async function prepareSession(
  req: IncomingMessage,
  exchange: Exchange,
  moment: SyncMoment,
  parts: PrepareSessionParts,
): Promise<void> {
  const { engineReq, res } = exchange;
  const isRequest = moment === 'request';
  if (isRequest) {
    // Not the real reply: to read a cookie that an older secret signed is to set it anew, and the engine does that by itself.
    const reply = new ServerResponse(engineReq);
    const session = await currentSession(engineReq, reply, parts.provider, parts.sessionCookie);
    if (session) await noteAccount(session, parts);
  }
  await syncHostSession(req, engineReq, res, moment, parts);
  if (isRequest) await parts.selectByHint?.(exchange);
}

// The engine asks for it next.
async function noteAccount(session: EngineSession, parts: PrepareSessionParts): Promise<void> {
  const { accountId, loginTs: authTime = 0 } = session;
  const account = await accountOrEnd(session, parts);
  if (accountId === undefined || account === undefined) return;
  unitOfWork().notes.sessionAccount = { accountId, authTime, account };
}
