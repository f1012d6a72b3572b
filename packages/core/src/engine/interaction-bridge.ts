import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { AccountDirectory } from '../authorize/accounts.js';
import { type Client, destinationOf } from '../authorize/clients.js';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import type { LoginResult } from '../interaction/login-method.js';
import type { AccountView, Destination } from '../interaction/view.js';
import { loadEpoch } from '../issue/epochs.js';
import { endSession } from './current-session.js';
import type { FoundInteraction, InteractionFinder, InteractionMiss } from './find-interaction.js';
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
  /** Records that a person logged in. */
  login(uid: string, login: LoginResult, fromHost: boolean): Promise<void>;
  /** Records what a step answered, under its name. */
  answer(uid: string, step: string, value: Readonly<Record<string, unknown>>): Promise<void>;
  deny(uid: string, error: string, description: string): Promise<void>;
  /** Ends the browser's session, so that the request starts over with the login. */
  switchAccount(uid: string): Promise<void>;
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
export interface InteractionBridgeParts {
  readonly provider: Provider;
  readonly find: InteractionFinder;
  readonly clock: Clock;
  readonly accounts: AccountDirectory;
  readonly events: EventHub;
  readonly cookieNames: { readonly interaction: string; readonly resume: string };
}

/** Reads and answers interactions through the engine's own model, in the running unit of work. */
export function createInteractionBridge(parts: InteractionBridgeParts): InteractionBridge {
  const { provider, find, clock, accounts, cookieNames } = parts;

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

  return {
    async load(req, res, uid) {
      const found = await find(req, res, uid, cookieNames.interaction);
      return 'miss' in found ? found : running(uid, found);
    },

    async resume(req, res, uid) {
      const found = await find(req, res, uid, cookieNames.resume);
      if ('miss' in found) return found;
      if (!found.answered) return 'unanswered';
      const { session, result } = found;
      const { accountId } = session ?? {};
      const isAnother = result?.login && result.login.accountId !== accountId;
      // The later login is the browser's. The engine would ask for a logout first, by a page that we do not have.
      if (session && accountId !== undefined && isAnother) {
        await endSession(session, 'account_changed', parts.events);
      }
      return undefined;
    },

    async login(uid, login, fromHost) {
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
      if (session !== undefined) await (await provider.Session.findByUid(session))?.destroy();
      await change(uid, (interaction) => {
        interaction.session = undefined;
        // Not merged: the earlier login of this request is what the person wants to get away from.
        interaction.result = { switched: {} };
      });
    },
  };
}

// The step's own word, beside the engine's `<step>_prompt` when the client asked for the page.
function reasonsOf({ name, reasons, details }: EnginePrompt): readonly string[] {
  const asked = reasons.filter((reason) => reason !== `${name}_needed`);
  return details.reason === undefined ? asked : [...asked, details.reason];
}
