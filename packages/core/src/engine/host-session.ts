import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { AccountDirectory, HostLogin } from '../authorize/accounts.js';
import { loadEpoch } from '../issue/epochs.js';
import { currentSession, type EngineSession } from './current-session.js';
import { endSession, type SessionEndParts } from './end-session.js';
import { presentSession } from './session-cookie.js';
import { unitOfWork } from './unit-of-work.js';

/** What the host-session bridge needs. */
export interface HostSessionParts extends SessionEndParts {
  readonly provider: Provider;
  readonly accounts: AccountDirectory;
  readonly sessionCookie: string;
}

/** Whether the browser comes with a request, or is at a page of one or on its way back from there. */
export type SyncMoment = 'request' | 'page';

/**
 * Makes the host's own session the login of the browser, before the engine looks: so `prompt=none` works with it. A changed
 * host user ends our session; so does a host logout, when our login came from the host. At a page a login is only taken away: what
 * the person does there is not overruled by what the host's cookie says.
 */
export async function syncHostSession(
  req: IncomingMessage,
  engineReq: IncomingMessage,
  res: ServerResponse,
  moment: SyncMoment,
  parts: HostSessionParts,
): Promise<void> {
  const { accounts, provider, sessionCookie } = parts;
  if (!accounts.fromRequest) return;
  const login = await loginOf(req, accounts);
  const session = await currentSession(engineReq, res, provider, sessionCookie);
  const unit = unitOfWork();
  const fromHost = session !== undefined && unit.notes.fromHost;
  if (!login) {
    if (session && fromHost) await endSession(unit, session, 'host_logout', parts);
    return;
  }
  const accountId = accounts.idOf(login.account);
  unit.notes.hostAccountId = accountId;
  if (session?.accountId === accountId) {
    const isNewer = (session.loginTs ?? 0) < login.authTime;
    if (isNewer && moment === 'request') await renew(session, accountId, login);
    return;
  }
  if (session?.accountId !== undefined && (fromHost || moment === 'request')) {
    await endSession(unit, session, 'host_user_changed', parts);
  }
  if (moment === 'page') return;
  const made = new provider.Session() as unknown as EngineSession;
  await renew(made, accountId, login);
  presentSession(engineReq, res, made.jti, parts);
}

// Tried again after a conflict, a logout has ended the host's session by then, which is not how the request came.
const logins: WeakMap<IncomingMessage, HostLogin<unknown> | undefined> = new WeakMap();

async function loginOf(
  req: IncomingMessage,
  accounts: AccountDirectory,
): Promise<HostLogin<unknown> | undefined> {
  if (!logins.has(req)) logins.set(req, await accounts.fromRequest?.(req));
  return logins.get(req);
}

async function renew(
  session: EngineSession,
  accountId: string,
  { authTime, amr, acr }: HostLogin<unknown>,
): Promise<void> {
  const { notes } = unitOfWork();
  notes.hostLogin = true;
  notes.loginEpoch = await loadEpoch(unitOfWork(), 'AccountEpoch', accountId);
  session.loginAccount({
    accountId,
    loginTs: authTime,
    amr: [...(amr ?? [])],
    ...(acr === undefined ? {} : { acr }),
  });
  // The engine saves it again with its real lifetime when it answers; this makes it known to it.
  await session.save(60);
}
