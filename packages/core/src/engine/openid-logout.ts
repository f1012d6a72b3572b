import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { addParams } from '../app/add-params.js';
import type { Fields } from '../app/read-fields.js';
import type { AccountDirectory } from '../authorize/accounts.js';
import type { Client, ClientDirectory } from '../authorize/clients.js';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import { checkForm, csrfToken } from '../interaction/form-check.js';
import { pageMessage } from '../interaction/page-messages.js';
import type { PipelineReply } from '../interaction/pipeline.js';
import type { Announcement } from '../issue/announce-revocation.js';
import type { SigningKeys } from '../issue/keys.js';
import type { Secrets } from '../secrets.js';
import { longCookie } from './cookie-names.js';
import { currentSession, endSession, type EngineSession } from './current-session.js';
import { endFamily } from './end-family.js';
import { openidPaths } from './engine-paths.js';
import { verifyIdToken } from './openid-engine.js';
import type { LogoutData } from './openid-settings.js';
import { unitOfWork } from './unit-of-work.js';

/** What a logout needs. */
export interface LogoutParts extends Announcement {
  readonly provider: Provider;
  readonly issuer: string;
  readonly origin: string;
  readonly keys: SigningKeys;
  readonly clients: ClientDirectory;
  readonly accounts: AccountDirectory;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly sessionCookie: string;
  readonly secure: boolean;
}

/** One request to the logout endpoint. */
export interface LogoutRequest {
  readonly req: IncomingMessage;
  readonly engineReq: IncomingMessage;
  readonly res: ServerResponse;
  readonly params: URLSearchParams;
  /** The form of our own page. */
  readonly form?: Fields;
}

/** What the client asks for, once checked. */
interface Asked {
  readonly client?: Client;
  /** Whom the hint names. */
  readonly subject?: string;
  /** Where the browser goes afterwards. */
  readonly returnTo?: string;
}

const names = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'] as const;

/**
 * Logs the browser out for a client: at once when the client's hint names who is signed in, else when the person says so.
 *
 * @see [RP-Initiated Logout 1.0](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)
 */
export function createLogout(
  parts: LogoutParts,
): (request: LogoutRequest) => Promise<PipelineReply> {
  const { clients, issuer, secrets, origin } = parts;

  return async ({ req, engineReq, res, params, form }) => {
    const asked = await check(params);
    if (typeof asked === 'string') return refuse(asked);
    const session = await currentSession(engineReq, res, parts.provider, parts.sessionCookie);
    if (session?.accountId === undefined) return done(asked);
    const binding = `logout ${session.uid}`;
    if (!form) {
      if (asked.subject !== session.accountId) return ask(asked, session, params, binding);
    } else {
      const { fields, isJson } = form;
      const fault = checkForm(req, fields, binding, { secrets, origin, isJson });
      if (fault)
        return { view: pageMessage({ kind: 'form_not_ours', retryUrl: retryUrl(params) }) };
      if (fields.get('logout') !== 'yes') return { view: page({ state: 'stayed' }, asked) };
    }
    await end(session, engineReq, res);
    return done(asked);
  };

  async function check(params: URLSearchParams): Promise<Asked | string> {
    const repeated = names.find((name) => params.getAll(name).length > 1);
    if (repeated !== undefined) return `${repeated} must be there once`;
    const [hint, id, uri, state] = names.map((name) => params.get(name) ?? undefined);
    const payload = hint === undefined ? undefined : await verifyIdToken(hint, parts);
    if (hint !== undefined && payload === undefined) return 'id_token_hint is no ID token of ours';
    const audience = payload === undefined ? undefined : String(payload.aud);
    if (id !== undefined && audience !== undefined && id !== audience) {
      return 'client_id is another one than that of id_token_hint';
    }
    const clientId = id ?? audience;
    const client = clientId === undefined ? undefined : await clients.find(clientId);
    if (clientId !== undefined && !client) return 'the client is not known here';
    // RP-Initiated Logout §3: nobody is sent to an address that its client has not registered. Without a client it is nobody's.
    const registered = client?.metadata.post_logout_redirect_uris ?? [];
    if (client && uri !== undefined && !registered.includes(uri)) {
      return 'post_logout_redirect_uri is not registered for this client';
    }
    return {
      ...(client ? { client } : {}),
      ...(payload ? { subject: String(payload.sub) } : {}),
      ...(client && uri !== undefined ? { returnTo: addParams(uri, { state }) } : {}),
    };
  }

  async function ask(
    asked: Asked,
    { accountId = '' }: EngineSession,
    params: URLSearchParams,
    binding: string,
  ): Promise<PipelineReply> {
    const account = await parts.accounts.find(accountId);
    const view = account === undefined ? undefined : parts.accounts.view(account);
    // What is checked once more when the form comes. A token has no place in a page.
    const fields = Object.fromEntries([...params].filter(([name]) => name !== 'id_token_hint'));
    if (asked.client) fields.client_id = asked.client.metadata.client_id;
    return {
      view: page({ state: 'ask', fields, ...(view ? { account: view } : {}) }, asked),
      form: {
        action: `${issuer}${openidPaths.logout}`,
        csrf: csrfToken(secrets, binding),
      },
    };
  }

  async function end(
    session: EngineSession,
    engineReq: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    const unit = unitOfWork();
    for (const { grantId, persistsLogout } of Object.values(session.authorizations ?? {})) {
      // Those with offline_access live on (OpenID Connect Core §11).
      if (grantId === undefined || persistsLogout) continue;
      endFamily(unit, grantId, parts.clock.now(), parts);
    }
    await endSession(session, 'logout', parts.events);
    const { cookies } = parts.provider.createContext(engineReq, res);
    cookies.set(parts.sessionCookie, null, longCookie(parts.secure));
  }

  function retryUrl(params: URLSearchParams): string {
    const query = new URLSearchParams([...params].filter(([name]) => asksFor.has(name)));
    return `${issuer}${openidPaths.logout}?${query}`;
  }
}

const asksFor: ReadonlySet<string> = new Set(names);

function done(asked: Asked): PipelineReply {
  if (asked.returnTo !== undefined) return { redirect: asked.returnTo };
  return { view: page({ state: 'done' }, asked) };
}

function page(data: LogoutData, { client }: Asked): { page: string; data: LogoutData } {
  return { page: 'logout', data: { ...data, ...(client ? { client: client.view } : {}) } };
}

function refuse(errorDescription: string): PipelineReply {
  return {
    view: pageMessage({ kind: 'invalid_request', error: 'invalid_request', errorDescription }),
  };
}
