import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { AccountDirectory } from '../authorize/accounts.js';
import { type Client, destinationOf } from '../authorize/clients.js';
import type { LoginResult } from '../interaction/login-method.js';
import type { AccountView, BrowserAccount, Destination } from '../interaction/view.js';
import { loadEpoch } from '../issue/epochs.js';
import type { BrowserAccounts, Exchange } from './browser-accounts.js';
import type { CookieNames } from './cookie-names.js';
import { currentSession } from './current-session.js';
import { endSession, type EndingSession, type SessionEndParts } from './end-session.js';
import type {
  FoundInteraction,
  InteractionFinder,
  InteractionMiss,
  SessionChanged,
} from './find-interaction.js';
import type { LoginBrowser } from './login-browser.js';
import { askAgainQuery } from './pushed-requests.js';
import { paramsOf } from './request-view.js';
import { unitOfWork } from './unit-of-work.js';

export type { InteractionMiss };

/** A running interaction. */
export interface RunningInteraction {
  readonly uid: string;
  readonly step: string;
  readonly reasons: readonly string[];
  readonly startedAt: number;
  readonly client: Client;
  readonly params: Readonly<Record<string, string>>;
  readonly destination: Destination;
  readonly account?: AccountView;
  /** Whether it was answered already and only the way back is missing: a double submit, the back button. */
  readonly answered: boolean;
  /** Absolute URL where the engine goes on. */
  readonly returnTo: string;
}

/** The engine's interactions, for our pages. */
export interface InteractionBridge {
  /** The query that asks the authorization endpoint for the same again. */
  askAgain(changed: SessionChanged): Promise<string>;
  load(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
  ): Promise<RunningInteraction | InteractionMiss>;
  /** Makes the way back to the engine clear. Nothing when it is; else where the browser must go instead. */
  resume(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
  ): Promise<InteractionMiss | 'unanswered' | undefined>;
  /** Records that a person logged in, in this browser. */
  login(exchange: Exchange, uid: string, login: LoginResult, fromHost: boolean): Promise<void>;
  /** Records what a step answered, under its name. */
  answer(uid: string, step: string, value: Readonly<Record<string, unknown>>): Promise<void>;
  deny(uid: string, error: string, description: string): Promise<void>;
  /** Ends the browser's session, so that the request starts over with the login. */
  switchAccount(uid: string): Promise<void>;
  /** Starts over with the login too, and leaves the session signed in beside the one to come. */
  addAccount(uid: string): Promise<void>;
  /** The accounts that are signed in beside that of the session. */
  otherAccounts(req: IncomingMessage, res: ServerResponse): Promise<readonly BrowserAccount[]>;
  /** Goes on with one of them. Nothing happens when it is no longer there. */
  useSession(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
    sessionId: string,
  ): Promise<boolean>;
}

interface EngineInteraction {
  exp: number;
  result?: Record<string, unknown> | undefined;
  lastSubmission?: Record<string, unknown> | undefined;
  session?: { uid?: string; accountId?: string } | undefined;
  save(ttl: number): Promise<unknown>;
}

interface EnginePrompt {
  readonly name: string;
  readonly reasons: readonly string[];
  readonly details: { readonly reason?: string };
}

/** What the bridge needs. */
export interface InteractionBridgeParts extends SessionEndParts {
  readonly provider: Provider;
  readonly find: InteractionFinder;
  readonly accounts: AccountDirectory;
  readonly browser: BrowserAccounts;
  readonly logins: LoginBrowser;
  readonly cookieNames: Pick<CookieNames, 'session' | 'interaction' | 'resume'>;
}

/** Reads and answers interactions through the engine's own model, in the running unit of work. */
export function createInteractionBridge(parts: InteractionBridgeParts): InteractionBridge {
  const { provider, find, clock, accounts, browser, logins, cookieNames } = parts;
  // Where the host's own session is the login, its user is the one account of the browser.
  const isOne = accounts.fromRequest !== undefined;

  async function change(
    uid: string,
    apply: (interaction: EngineInteraction) => void,
  ): Promise<void> {
    const found = await provider.Interaction.find(uid);
    if (!found) throw new Error('the interaction vanished within its own request');
    const interaction = found as unknown as EngineInteraction;
    apply(interaction);
    await interaction.save(interaction.exp - clock.now());
  }

  function merge(interaction: EngineInteraction, result: Record<string, unknown>): void {
    interaction.result = { ...interaction.lastSubmission, ...result };
  }

  function running(uid: string, found: FoundInteraction): RunningInteraction {
    const { payload, client, step, answered, account } = found;
    const params = paramsOf(payload.params as Record<string, unknown>);
    return {
      uid,
      step,
      reasons: reasonsOf(payload.prompt as EnginePrompt),
      startedAt: Number(payload.iat),
      client,
      params,
      destination: destinationOf(params.redirect_uri ?? ''),
      ...(account === undefined ? {} : { account: accounts.view(account) }),
      answered,
      returnTo: String(payload.returnTo),
    };
  }

  const bridge: InteractionBridge = {
    askAgain: (changed) => askAgainQuery(changed, { provider, issuer: provider.issuer, clock }),

    async load(req, res, uid) {
      const found = await find(req, res, uid, cookieNames.interaction);
      return 'miss' in found ? found : running(uid, found);
    },

    async resume(req, res, uid) {
      const found = await find(req, res, uid, cookieNames.resume);
      if ('miss' in found) return found;
      if (!found.answered) return 'unanswered';
      const { session, result } = found;
      const { accountId } = result?.login ?? {};
      if (accountId === undefined || accountId === session?.accountId) return undefined;
      const { keep = false } = (result?.switched ?? {}) as { keep?: boolean };
      // The later login is the browser's. The engine would ask for a logout first, by a page that we do not have.
      await browser.makeRoom({ engineReq: req, res }, session, { accountId, keep });
      return undefined;
    },

    async login(exchange, uid, login, fromHost) {
      const { cookies } = provider.createContext(exchange.engineReq, exchange.res);
      const mark = logins.mark(cookies);
      const epoch = await loadEpoch(unitOfWork(), 'AccountEpoch', login.accountId);
      await change(uid, (interaction) => {
        // Of another account: that session ends on the way back, and is not the one that the engine must find then.
        if (interaction.session?.accountId !== login.accountId) interaction.session = undefined;
        merge(interaction, {
          // Whoever logs in has chosen an account.
          select_account: {},
          login: {
            accountId: login.accountId,
            amr: [...login.amr],
            ts: login.authTime ?? clock.now(),
            epoch,
            browser: mark,
            ...(fromHost ? { host: true } : {}),
            ...(login.acr === undefined ? {} : { acr: login.acr }),
          },
        });
      });
    },

    answer: (uid, step, value) =>
      change(uid, (interaction) => merge(interaction, { [step]: value })),

    deny: (uid, error, error_description) =>
      change(uid, (interaction) => {
        interaction.result = { error, error_description };
      }),

    async switchAccount(uid) {
      const found = (await provider.Interaction.find(uid)) as unknown as
        | EngineInteraction
        | undefined;
      const session = found?.session?.uid;
      const ending = session && (await provider.Session.findByUid(session));
      if (ending) {
        await endSession(
          unitOfWork(),
          ending as unknown as EndingSession,
          'account_changed',
          parts,
        );
      }
      await change(uid, (interaction) => {
        interaction.session = undefined;
        // Not merged: the earlier login of this request is what the person wants to get away from.
        interaction.result = { switched: {} };
      });
    },

    addAccount(uid) {
      if (isOne) return bridge.switchAccount(uid);
      return change(uid, (interaction) => {
        interaction.result = { switched: { keep: true } };
      });
    },

    async otherAccounts(engineReq, res) {
      if (isOne) return [];
      const session = await currentSession(engineReq, res, provider, cookieNames.session);
      const kept = await browser.list({ engineReq, res }, session);
      return kept.map(({ session: { uid: sessionId, loginTs: authTime }, account }) => ({
        ...{ sessionId, authTime },
        account: accounts.view(account),
      }));
    },

    async useSession(engineReq, res, uid, sessionId) {
      const session = await currentSession(engineReq, res, provider, cookieNames.session);
      if (isOne || !(await browser.choose({ engineReq, res }, session, sessionId))) return false;
      await change(uid, (interaction) => {
        interaction.session = undefined;
        interaction.result = { select_account: {}, chosen: {} };
      });
      return true;
    },
  };
  return bridge;
}

// The step's own word, beside the engine's `<step>_prompt` when the client asked for the page.
function reasonsOf({ name, reasons, details }: EnginePrompt): readonly string[] {
  const asked = reasons.filter((reason) => reason !== `${name}_needed`);
  return details.reason === undefined ? asked : [...asked, details.reason];
}
