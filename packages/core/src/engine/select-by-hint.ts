import type { Provider } from 'oidc-provider';
import type { AccountDirectory } from '../authorize/accounts.js';
import type { ClientDirectory } from '../authorize/clients.js';
import type { Subjects } from '../authorize/subjects.js';
import type { SigningKeys } from '../issue/keys.js';
import type { BrowserAccounts, Exchange } from './browser-accounts.js';
import { currentSession, type EngineSession } from './current-session.js';
import { verifyIdToken } from './openid-engine.js';
import { unitOfWork } from './unit-of-work.js';

/** What the choice goes by. */
export interface HintSelectionParts {
  readonly provider: Provider;
  readonly issuer: string;
  readonly keys: SigningKeys;
  readonly clients: ClientDirectory;
  readonly accounts: AccountDirectory;
  readonly subjects: Subjects;
  readonly browser: BrowserAccounts;
  readonly sessionCookie: string;
}

const once = ['client_id', 'id_token_hint', 'login_hint'] as const;

/** Whether an account is the one that is asked for. */
type IsNamed = (accountId: string, account: unknown) => boolean;

/**
 * A request whose ID token names an account which is signed in in the browser is answered by that account's session, before the
 * engine looks: so `prompt=none` works with it. Where a `login_hint` names one, the person is asked. Without other accounts nothing
 * is read.
 *
 * Threat: a client learns without a page whether somebody is signed in whom it has only heard of, or any site makes another account
 * the browser's. So without an ID token of the client's own nobody is chosen in silence.
 *
 * @see [OpenID Connect Core §3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
 */
export function createHintSelection(
  parts: HintSelectionParts,
): (exchange: Exchange) => Promise<void> {
  const { provider, accounts, browser, clients, subjects, sessionCookie } = parts;

  return async (exchange) => {
    const { engineReq, res } = exchange;
    const { pushedParams } = unitOfWork().notes;
    const params = pushedParams ?? new URL(engineReq.url ?? '/', parts.issuer).searchParams;
    const prompts = (params.get('prompt') ?? '').split(' ');
    // Whoever is asked anyway says so on the page.
    const isAsked = prompts.includes('login') || prompts.includes('select_account');
    if (isAsked || !(params.get('id_token_hint') || params.get('login_hint'))) return;
    const session = await currentSession(engineReq, res, provider, sessionCookie);
    const kept = await browser.list(exchange, session);
    if (kept.length === 0) return;
    const isNamed = await namedBy(params, prompts.includes('none'));
    if (!isNamed || (session && (await isCurrent(session, isNamed)))) return;
    const [found, ...more] = kept.filter(({ session: { accountId }, account }) =>
      isNamed(accountId, account),
    );
    // What people are called by need not be theirs alone.
    if (!found || more.length > 0) return;
    if (params.get('id_token_hint')) browser.present(exchange, session, found);
    else unitOfWork().notes.hintsAnother = true;
  };

  async function isCurrent({ accountId }: EngineSession, isNamed: IsNamed): Promise<boolean> {
    const account = accountId === undefined ? undefined : await accounts.find(accountId);
    return accountId !== undefined && account !== undefined && isNamed(accountId, account);
  }

  async function namedBy(params: URLSearchParams, silent: boolean): Promise<IsNamed | undefined> {
    // What the engine refuses chooses nobody.
    if (once.some((name) => params.getAll(name).length > 1)) return undefined;
    const client = await clients.find(params.get('client_id') ?? '');
    if (!client) return undefined;
    const hint = params.get('id_token_hint');
    // An empty parameter is none (RFC 6749 §3.1).
    if (!hint) return silent ? undefined : calledBy(params.get('login_hint') ?? '');
    const payload = await verifyIdToken(hint, parts);
    if (payload?.aud !== client.metadata.client_id) return undefined;
    return (accountId) => subjects.of(accountId, client) === payload.sub;
  }

  function calledBy(name: string): IsNamed {
    const wanted = name.trim().toLowerCase();
    return (accountId, account) =>
      [accountId, accounts.view(account).label].some((one) => one.toLowerCase() === wanted);
  }
}
