import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { AccountDirectory, HostLogin } from '../authorize/accounts.js';
import { checkForm, csrfToken } from '../interaction/form-check.js';
import type { LoginMethod } from '../interaction/login-method.js';
import { pageMessage } from '../interaction/page-messages.js';
import type { BrowserSession, BrowserSessions } from '../plugin.js';
import type { Secrets } from '../secrets.js';
import { currentSession } from './current-session.js';
import { engineRequest } from './engine-request.js';
import { unitOfWork } from './unit-of-work.js';

/** What the sessions are read from. */
export interface BrowserSessionsParts {
  readonly provider: Provider;
  readonly secrets: Secrets;
  readonly accounts: AccountDirectory;
  readonly loginMethods: readonly LoginMethod[];
  readonly origin: string;
  readonly mountPath: string;
  readonly cookieName: string;
}

interface Login {
  readonly accountId: string;
  readonly authTime: number;
  readonly sessionId?: string;
  /** What a form is bound to, beside the account. */
  readonly proof: string;
}

/** Reads the browser's login in the running unit of work, which a plugin's route never commits. */
export function createBrowserSessions(parts: BrowserSessionsParts): BrowserSessions {
  const { accounts, origin, secrets } = parts;
  // What a form's field signs stays here: it is checked under older secrets too.
  const bindings = new WeakMap<BrowserSession, string>();

  async function ownLogin(
    req: IncomingMessage,
  ): Promise<(Login & { fromHost: boolean }) | undefined> {
    const { mountPath, provider, cookieName } = parts;
    const engineReq = engineRequest(req, { method: 'GET', url: '/', origin, mountPath });
    // Not the real reply: to read a cookie that an older secret signed is to set it anew.
    const reply = new ServerResponse(engineReq);
    const session = await currentSession(engineReq, reply, provider, cookieName);
    if (session?.accountId === undefined) return undefined;
    const { accountId, loginTs = 0, uid } = session;
    const { fromHost = false } = unitOfWork().notes;
    return { accountId, authTime: loginTs, sessionId: uid, proof: `session ${uid}`, fromHost };
  }

  // As at the authorization endpoint: the host's user is the browser's, and a login that came from the host ends with it.
  function merge(
    own: (Login & { fromHost: boolean }) | undefined,
    host: HostLogin<unknown> | undefined,
  ): Login | undefined {
    if (!accounts.fromRequest) return own;
    if (!host) return own?.fromHost ? undefined : own;
    const accountId = accounts.idOf(host.account);
    const proof = `host ${host.authTime}`;
    if (own?.accountId !== accountId) return { accountId, authTime: host.authTime, proof };
    return { ...own, authTime: Math.max(own.authTime, host.authTime), proof };
  }

  return {
    async find({ req }) {
      const [own, host] = await Promise.all([ownLogin(req), accounts.fromRequest?.(req)]);
      const login = merge(own, host);
      const account = login && (await accounts.findLoggedIn(login.accountId, login.authTime));
      if (!login || account === undefined) return undefined;
      const { accountId, authTime, sessionId, proof } = login;
      const binding = JSON.stringify([accountId, proof]);
      const session: BrowserSession = {
        account: accounts.view(account),
        authTime,
        ...(sessionId === undefined ? {} : { sessionId }),
        csrf: csrfToken(secrets, binding),
      };
      bindings.set(session, binding);
      return session;
    },

    signIn({ url, query }) {
      // Back from there, and still nobody: a login page that sends people straight back would make a circle of it.
      const method = query.has('s') ? undefined : parts.loginMethods.find(({ signIn }) => signIn);
      if (method?.signIn) return { redirect: method.signIn(url) };
      return pageMessage({ kind: 'not_signed_in' });
    },

    refuseForm({ req, fields, isJson, url }, session) {
      const binding = bindings.get(session);
      if (binding === undefined) throw new TypeError('refuseForm() takes what find() has returned');
      const fault = checkForm(req, fields, binding, { secrets, origin, isJson });
      return fault && pageMessage({ kind: 'form_not_ours', retryUrl: url });
    },
  };
}
