import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { AccountDirectory } from '../authorize/accounts.js';
import type { Client, ClientDirectory } from '../authorize/clients.js';
import type { Clock } from '../clock.js';
import { loadEpoch } from '../issue/epochs.js';
import type { Secrets } from '../secrets.js';
import { currentSession, type EngineSession } from './current-session.js';
import { openLiveInteraction } from './live-interaction.js';
import type { LoginBrowser } from './login-browser.js';
import { type Payload, type RecordCodec, storedIdOf } from './records.js';
import { unitOfWork } from './unit-of-work.js';

/** What {@link createInteractionFinder} needs. */
export interface InteractionFinderParts {
  readonly provider: Provider;
  readonly codec: RecordCodec;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly clients: ClientDirectory;
  readonly accounts: AccountDirectory;
  readonly sessionCookie: string;
  readonly logins: LoginBrowser;
}

/** What a step left in the interaction. */
export type InteractionResult = Record<string, unknown> & {
  readonly login?: {
    readonly accountId: string;
    readonly ts: number;
    readonly epoch?: number;
    readonly browser?: string;
  };
};

/** An interaction that this browser started and may go on with. */
export interface FoundInteraction {
  readonly payload: Payload;
  readonly client: Client;
  readonly step: string;
  readonly result: InteractionResult | undefined;
  /** Whether it was answered already and only the way back is missing: a double submit, the back button. */
  readonly answered: boolean;
  /** The browser's session now. */
  readonly session: EngineSession | undefined;
  /** The host's account of that session. */
  readonly account: unknown;
}

/** Why there is none. */
export type InteractionMiss =
  | {
      readonly miss: 'unknown' | 'expired' | 'finished' | 'cookie_missing';
      readonly client?: Client;
    }
  /** The browser went on to another page of the same request. */
  | { readonly miss: 'superseded'; readonly liveUid: string }
  /** The browser's session is another one than that of the page, or its account is gone: the request must be asked again. */
  | SessionChanged;

/** A request that must be asked again, and how it came. */
export interface SessionChanged {
  readonly miss: 'session_changed';
  readonly params: Readonly<Record<string, unknown>>;
  readonly client: Client;
  /** What names the request in the store, where it was pushed. */
  readonly pushedId?: string;
}

/** Finds the interaction of a page, or of the way back, each proven by the cookie of its own path. */
export type InteractionFinder = (
  req: IncomingMessage,
  res: ServerResponse,
  uid: string,
  cookieName: string,
) => Promise<FoundInteraction | InteractionMiss>;

interface Origin {
  readonly uid?: string;
  readonly accountId?: string;
}

/** Makes the finder. It reads in the running unit of work and changes nothing. */
export function createInteractionFinder(parts: InteractionFinderParts): InteractionFinder {
  const { provider, codec, clock, clients, accounts } = parts;

  return async (req, res, uid, cookieName) => {
    const unit = unitOfWork();
    const record = await unit.find('Interaction', { id: storedIdOf('Interaction', uid) });
    const payload = record && codec.decode(record)?.payload;
    if (!record || !payload) return { miss: 'unknown' };
    const params = payload.params as Record<string, unknown>;
    const client = await clients.find(String(params.client_id));
    const who = client ? { client } : {};
    if (record.consumed) {
      const liveUid = openLiveInteraction(record, parts.secrets);
      // Whoever is led there still needs the cookie of that page.
      return liveUid === undefined ? { miss: 'finished', ...who } : { miss: 'superseded', liveUid };
    }
    // Before the cookie: it lasts no longer than the interaction, and is gone too.
    if ((payload.exp ?? 0) <= clock.now()) return { miss: 'expired', ...who };
    const { cookies } = provider.createContext(req, res);
    // Threat: a link to somebody else's interaction. Only the browser that started it has the cookie.
    if (cookies.get(cookieName, { signed: true }) !== uid) {
      return { miss: 'cookie_missing', ...who };
    }
    if (!client) return { miss: 'unknown' };

    const origin = (payload.session ?? {}) as Origin;
    const session = await currentSession(req, res, provider, parts.sessionCookie);
    const { parJti: pushedId } = payload;
    const how = typeof pushedId === 'string' ? { pushedId } : {};
    const changed: SessionChanged = { miss: 'session_changed', params, client, ...how };
    if (origin.uid !== undefined) {
      const same = session?.uid === origin.uid && session.accountId === origin.accountId;
      if (!same) return changed;
    }
    const { name: step } = payload.prompt as { name: string };
    const result = payload.result as InteractionResult | undefined;
    // Who logged in there goes on with it, and nobody else who has its cookie. A login that has become the session proves itself.
    const isOpen = result?.login && result.login.accountId !== origin.accountId;
    if (isOpen && !parts.logins.isMarked(cookies, result.login?.browser)) {
      return { miss: 'cookie_missing', ...who };
    }
    const account =
      origin.accountId === undefined ? undefined : await accounts.find(origin.accountId);
    // Deactivated since the page was shown, logged out everywhere, or revoked. A login page is for everybody.
    const login = result?.login ?? (step === 'login' ? undefined : loginOf(session));
    if (login) {
      const { accountId, ts, epoch } = login;
      const holder = accountId === origin.accountId ? account : await accounts.find(accountId);
      if (holder === undefined || !(await accounts.isLoginValid(holder, ts))) return changed;
      // A session says so itself; a login that waits for the way back does not.
      const now = epoch === undefined ? 0 : await loadEpoch(unit, 'AccountEpoch', accountId);
      if ((epoch ?? 0) < now) return changed;
    }
    const answered =
      result !== undefined && [step, 'error', 'switched', 'chosen'].some((name) => name in result);
    return { payload, client, step, result, answered, session, account };
  };
}

function loginOf(session: EngineSession | undefined): InteractionResult['login'] {
  const { accountId, loginTs = 0 } = session ?? {};
  return accountId === undefined ? undefined : { accountId, ts: loginTs };
}
