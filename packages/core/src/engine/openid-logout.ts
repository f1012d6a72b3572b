import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { addParams } from '../app/add-params.js';
import type { Fields } from '../app/read-fields.js';
import type { AccountDirectory } from '../authorize/accounts.js';
import type { Client, ClientDirectory } from '../authorize/clients.js';
import type { Subjects } from '../authorize/subjects.js';
import { checkForm, csrfToken } from '../interaction/form-check.js';
import { pageMessage } from '../interaction/page-messages.js';
import type { PipelineReply } from '../interaction/pipeline.js';
import type { SigningKeys } from '../issue/keys.js';
import type { Secrets } from '../secrets.js';
import type { BrowserAccounts, KeptSession } from './browser-accounts.js';
import { currentSession, type EngineSession } from './current-session.js';
import { openidPaths } from './engine-paths.js';
import { verifyIdToken } from './openid-engine.js';
import type { LogoutData } from './openid-settings.js';
import { unitOfWork } from './unit-of-work.js';

/** What a logout needs. */
export interface LogoutParts {
  readonly provider: Provider;
  readonly issuer: string;
  readonly origin: string;
  readonly keys: SigningKeys;
  readonly clients: ClientDirectory;
  readonly accounts: AccountDirectory;
  readonly subjects: Subjects;
  readonly browser: BrowserAccounts;
  readonly secrets: Secrets;
  readonly sessionCookie: string;
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

/** Who is signed in in the browser. */
interface SignedIn {
  readonly session: EngineSession | undefined;
  /** The account of the host's own session, where a logout ends that too. */
  readonly hostAccountId: string | undefined;
  readonly others: readonly KeptSession[];
  /** What the form of our page is bound to. */
  readonly binding: string;
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
  const { accounts, browser, clients, issuer, secrets, origin, subjects } = parts;
  const endedAtHost = new WeakSet<IncomingMessage>();

  return async (request) => {
    const { params, form } = request;
    const asked = await check(params);
    if (typeof asked === 'string') return refuse(asked);
    const who = await signedIn(request);
    // Not to a form: one from another site comes without cookies, and some browsers do not say where it is from. To a GET they add them.
    if (!who) return form && !form.isJson ? { redirect: urlOf(asked, params) } : done(asked);
    if (!form) {
      const named = namedBy(asked, who);
      if (named === undefined) return ask(asked, who, params);
      return end(request, asked, who, named === 'session' ? [] : [named], named === 'session');
    }
    const { fields, isJson } = form;
    const retryUrl = urlOf(asked, params);
    const fault = checkForm(request.req, fields, who.binding, { secrets, origin, isJson });
    if (fault) return { view: pageMessage({ kind: 'form_not_ours', retryUrl }) };
    const answer = fields.get('logout');
    if (answer === 'all') return end(request, asked, who, 'all', true);
    if (answer === 'yes') return end(request, asked, who, isCurrent(who) ? [] : 'all', true);
    return { view: page({ state: 'stayed' }, asked) };
  };

  async function signedIn({ engineReq, res }: LogoutRequest): Promise<SignedIn | undefined> {
    const found = await currentSession(engineReq, res, parts.provider, parts.sessionCookie);
    const session = found?.accountId === undefined ? undefined : found;
    const hostAccountId = accounts.endHostSession && unitOfWork().notes.hostAccountId;
    const others = await browser.list({ engineReq, res }, session);
    if (!session && hostAccountId === undefined && others.length === 0) return undefined;
    const uids = [session?.uid ?? '', ...others.map((one) => one.session.uid)];
    const binding = JSON.stringify(['logout', hostAccountId ?? '', ...uids]);
    return { session, hostAccountId, others, binding };
  }

  // RP-Initiated Logout §2: whoever the hint names is logged out, and nobody else.
  function namedBy({ client, subject }: Asked, who: SignedIn): 'session' | KeptSession | undefined {
    if (!client || subject === undefined) return undefined;
    const isNamed = (accountId: string): boolean => subjects.of(accountId, client) === subject;
    const current = [who.session?.accountId, who.hostAccountId].filter((id) => id !== undefined);
    if (current.length > 0 && current.every(isNamed)) return 'session';
    return current.some(isNamed)
      ? undefined
      : who.others.find(({ session }) => isNamed(session.accountId));
  }

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

  async function ask(asked: Asked, who: SignedIn, params: URLSearchParams): Promise<PipelineReply> {
    const accountId = who.session?.accountId ?? who.hostAccountId;
    const account = accountId === undefined ? undefined : await accounts.find(accountId);
    const view = account === undefined ? {} : { account: accounts.view(account) };
    return {
      view: page(
        { state: 'ask', fields: fieldsOf(asked, params), ...view, ...othersOf(who.others) },
        asked,
      ),
      form: {
        action: `${issuer}${openidPaths.logout}`,
        csrf: csrfToken(secrets, who.binding),
      },
    };
  }

  function urlOf(asked: Asked, params: URLSearchParams): string {
    return `${issuer}${openidPaths.logout}?${new URLSearchParams(fieldsOf(asked, params))}`;
  }

  function othersOf(others: readonly KeptSession[]): Pick<LogoutData, 'others'> {
    if (others.length === 0) return {};
    return { others: others.map(({ account }) => accounts.view(account)) };
  }

  async function end(
    { req, engineReq, res }: LogoutRequest,
    asked: Asked,
    who: SignedIn,
    kept: readonly KeptSession[] | 'all',
    current: boolean,
  ): Promise<PipelineReply> {
    // First: while it fails the person is still signed in, and must not read anything else.
    if (current && who.hostAccountId !== undefined && !endedAtHost.has(req)) {
      await accounts.endHostSession?.(req, res);
      // Once: after a conflict all this comes again.
      endedAtHost.add(req);
    }
    await browser.end({ engineReq, res }, current ? who.session : undefined, kept);
    const left = kept === 'all' ? [] : who.others.filter((one) => !kept.includes(one));
    return done(asked, othersOf(left));
  }
}

const asksFor: ReadonlySet<string> = new Set(names);

/** What asks for the same again: without the fields of our own form, which decide. */
export function logoutQuery(params: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...params].filter(([name]) => asksFor.has(name)));
}

// What is checked once more when it comes back. A token has no place in a page or an address.
function fieldsOf({ client }: Asked, params: URLSearchParams): Record<string, string> {
  const { id_token_hint: _, ...fields } = Object.fromEntries(logoutQuery(params));
  return client ? { ...fields, client_id: client.metadata.client_id } : fields;
}

function isCurrent({ session, hostAccountId }: SignedIn): boolean {
  return session !== undefined || hostAccountId !== undefined;
}

function done(asked: Asked, more: Pick<LogoutData, 'others'> = {}): PipelineReply {
  if (asked.returnTo !== undefined) return { redirect: asked.returnTo };
  return { view: page({ state: 'done', ...more }, asked) };
}

function page(data: LogoutData, { client }: Asked): { page: string; data: LogoutData } {
  return { page: 'logout', data: { ...data, ...(client ? { client: client.view } : {}) } };
}

function refuse(errorDescription: string): PipelineReply {
  return {
    view: pageMessage({ kind: 'invalid_request', error: 'invalid_request', errorDescription }),
  };
}
