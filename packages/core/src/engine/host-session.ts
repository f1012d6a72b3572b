import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { AccountDirectory, HostLogin } from '../authorize/accounts.js';
import type { EventHub } from '../events.js';
import { loadEpoch } from '../issue/epochs.js';
import { currentSession, endSession, type EngineSession } from './current-session.js';
import { unitOfWork } from './unit-of-work.js';

/** What the host-session bridge needs. */
export interface HostSessionParts {
  readonly provider: Provider;
  readonly accounts: AccountDirectory;
  readonly events: EventHub;
  readonly cookieName: string;
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
  const { accounts, events, provider, cookieName } = parts;
  if (!accounts.fromRequest) return;
  const login = await accounts.fromRequest(req);
  const session = await currentSession(engineReq, res, provider, cookieName);
  const fromHost = session !== undefined && unitOfWork().notes.fromHost;
  if (!login) {
    if (session && fromHost) await endSession(session, 'host_logout', events);
    return;
  }
  const accountId = accounts.idOf(login.account);
  if (session?.accountId === accountId) {
    const isNewer = (session.loginTs ?? 0) < login.authTime;
    if (isNewer && moment === 'request') await renew(session, accountId, login);
    return;
  }
  if (session?.accountId !== undefined && (fromHost || moment === 'request')) {
    await endSession(session, 'host_user_changed', events);
  }
  if (moment === 'page') return;
  const made = new provider.Session() as unknown as EngineSession;
  await renew(made, accountId, login);
  setCookie(engineReq, res, made.jti, parts);
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

// The engine reads the session by its cookie, so the request that it sees gets one. It sets the browser's cookie itself.
function setCookie(
  engineReq: IncomingMessage,
  res: ServerResponse,
  id: string,
  { provider, cookieName }: HostSessionParts,
): void {
  const { keys } = provider.createContext(engineReq, res).cookies as unknown as {
    keys: { sign(data: string): string };
  };
  const others = (engineReq.headers.cookie ?? '')
    .split(/;\s*/)
    .filter(
      (part) =>
        part !== '' && !part.startsWith(`${cookieName}=`) && !part.startsWith(`${cookieName}.sig=`),
    );
  const signature = keys.sign(`${cookieName}=${id}`);
  engineReq.headers.cookie = [
    ...others,
    `${cookieName}=${id}`,
    `${cookieName}.sig=${signature}`,
  ].join('; ');
}
