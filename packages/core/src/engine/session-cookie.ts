import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { longCookie } from './cookie-names.js';

/** What the cookie of the session is read and written by. */
export interface SessionCookieParts {
  readonly provider: Provider;
  readonly sessionCookie: string;
  readonly secure: boolean;
}

/**
 * Makes the request that the engine sees come with the cookie of another session, or with none. The engine answers with a cookie
 * for the browser by itself.
 */
export function presentSession(
  engineReq: IncomingMessage,
  res: ServerResponse,
  id: string | undefined,
  { provider, sessionCookie: name }: Pick<SessionCookieParts, 'provider' | 'sessionCookie'>,
): void {
  const { keys } = provider.createContext(engineReq, res).cookies as unknown as {
    keys: { sign(data: string): string };
  };
  const others = (engineReq.headers.cookie ?? '')
    .split(/;\s*/)
    .filter(
      (part) => part !== '' && !part.startsWith(`${name}=`) && !part.startsWith(`${name}.sig=`),
    );
  const own =
    id === undefined ? [] : [`${name}=${id}`, `${name}.sig=${keys.sign(`${name}=${id}`)}`];
  engineReq.headers.cookie = [...others, ...own].join('; ');
}

/** Gives the browser the cookie of a session, where the engine does not answer; or takes it away. */
export function giveSession(
  engineReq: IncomingMessage,
  res: ServerResponse,
  session: { readonly id: string; readonly exp: number } | undefined,
  { provider, sessionCookie, secure }: SessionCookieParts,
): void {
  // The host has answered by itself: the cookie names what is gone.
  if (res.headersSent) return;
  const { cookies } = provider.createContext(engineReq, res);
  const until = session === undefined ? {} : { expires: new Date(session.exp * 1000) };
  const options = { ...longCookie(secure), ...until, overwrite: true };
  cookies.set(sessionCookie, session?.id ?? null, options);
}
