import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';

/** The browser's session, as the engine's model has it. */
export interface EngineSession {
  jti: string;
  uid: string;
  accountId?: string;
  loginTs?: number;
  amr?: string[];
  acr?: string;
  iat?: number;
  exp?: number;
  /** By client id. */
  authorizations?: Readonly<
    Record<
      string,
      {
        readonly sid?: string;
        readonly grantId?: string;
        readonly persistsLogout?: boolean;
        /** The client got an ID token. */
        identified?: boolean;
      }
    >
  >;
  loginAccount(details: { accountId: string; loginTs: number; amr: string[]; acr?: string }): void;
  save(ttl: number): Promise<unknown>;
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
