import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { EventHub } from '../events.js';
import { unitOfWork } from './unit-of-work.js';

/** The browser's session, as the engine's model has it. */
export interface EngineSession {
  jti: string;
  uid: string;
  accountId?: string;
  loginTs?: number;
  amr?: string[];
  acr?: string;
  exp?: number;
  /** By client id. */
  authorizations?: Readonly<
    Record<string, { readonly grantId?: string; readonly persistsLogout?: boolean }>
  >;
  loginAccount(details: { accountId: string; loginTs: number; amr: string[]; acr?: string }): void;
  save(ttl: number): Promise<unknown>;
  destroy(): Promise<void>;
}

/** The session of the request's cookie, if it is still there. */
export async function currentSession(
  req: IncomingMessage,
  res: ServerResponse,
  provider: Provider,
  cookieName: string,
): Promise<EngineSession | undefined> {
  const id = provider.createContext(req, res).cookies.get(cookieName, { signed: true });
  if (!id) return undefined;
  return (await provider.Session.find(id)) as unknown as EngineSession | undefined;
}

/** Ends the browser's session, and tells so once that is written. */
export async function endSession(
  session: EngineSession,
  reason: string,
  events: EventHub,
): Promise<void> {
  const { accountId } = session;
  await session.destroy();
  const unit = unitOfWork();
  const who = accountId === undefined ? {} : { accountId };
  unit.afterCommit(() => events.emit('session.ended', { reason, ...who }, unit.requestId));
}
