import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { AccountDirectory } from '../authorize/accounts.js';
import { type Client, type ClientDirectory, destinationOf } from '../authorize/clients.js';
import type { Clock } from '../clock.js';
import { loadEpoch } from '../issue/epochs.js';
import type { LoginResult } from '../interaction/login-method.js';
import type { AccountView, Destination } from '../interaction/view.js';
import type { Secrets } from '../secrets.js';
import { type Payload, type RecordCodec, storedIdOf } from './records.js';
import { paramsOf } from './request-view.js';
import { openLiveInteraction } from './live-interaction.js';
import { unitOfWork } from './unit-of-work.js';

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

/** Why there is none. */
export type InteractionMiss =
  | {
      readonly miss: 'unknown' | 'expired' | 'finished' | 'cookie_missing' | 'session_changed';
      readonly client?: Client;
    }
  /** The browser went on to another page of the same request. */
  | { readonly miss: 'superseded'; readonly liveUid: string };

/** The engine's interactions, for our pages. */
export interface InteractionBridge {
  load(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
  ): Promise<RunningInteraction | InteractionMiss>;
  /** Records that a person logged in. A session of another account ends. */
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
  readonly codec: RecordCodec;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly clients: ClientDirectory;
  readonly accounts: AccountDirectory;
  readonly cookieName: string;
}

/** Reads and answers interactions through the engine's own model, in the running unit of work. */
export function createInteractionBridge(parts: InteractionBridgeParts): InteractionBridge {
  const { provider, codec, clock, clients, accounts } = parts;

  function hasCookie(req: IncomingMessage, res: ServerResponse, uid: string): boolean {
    const { cookies } = provider.createContext(req, res);
    return cookies.get(parts.cookieName, { signed: true }) === uid;
  }

  async function clientFor(payload: Payload): Promise<Client | undefined> {
    const params = payload.params as { client_id?: unknown } | undefined;
    return clients.find(String(params?.client_id));
  }

  async function accountOf(
    session: { uid?: string; accountId?: string } | undefined,
  ): Promise<AccountView | undefined> {
    if (session?.accountId === undefined) return undefined;
    const account = await accounts.find(session.accountId);
    return account === undefined ? undefined : accounts.view(account);
  }

  async function isSessionSame(
    session: { uid?: string; accountId?: string } | undefined,
  ): Promise<boolean> {
    if (session?.uid === undefined) return true;
    const found = await provider.Session.findByUid(session.uid);
    return found !== undefined && found.accountId === session.accountId;
  }

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

  async function endSession(interaction: EngineInteraction): Promise<void> {
    const uid = interaction.session?.uid;
    if (uid === undefined) return;
    const session = await provider.Session.findByUid(uid);
    await session?.destroy();
  }

  return {
    async load(req, res, uid) {
      const record = await unitOfWork().find('Interaction', { id: storedIdOf('Interaction', uid) });
      const payload = record && codec.decode(record)?.payload;
      if (!record || !payload) return { miss: 'unknown' };
      const client = await clientFor(payload);
      const who = client ? { client } : {};
      // Threat: a link to somebody else's interaction. Only the browser that started it has the cookie.
      if (!hasCookie(req, res, uid)) return { miss: 'cookie_missing', ...who };
      if (record.consumed) {
        const liveUid = openLiveInteraction(record, parts.secrets);
        return liveUid === undefined
          ? { miss: 'finished', ...who }
          : { miss: 'superseded', liveUid };
      }
      if ((payload.exp ?? 0) <= clock.now()) return { miss: 'expired', ...who };
      const session = payload.session as { uid?: string; accountId?: string } | undefined;
      if (!client) return { miss: 'unknown' };
      const result = payload.result as Record<string, unknown> | undefined;
      const prompt = payload.prompt as EnginePrompt;
      const answered =
        result !== undefined &&
        (prompt.name in result || 'error' in result || 'switched' in result);
      if (!answered && !(await isSessionSame(session))) return { miss: 'session_changed', client };
      const account = await accountOf(session);
      const params = paramsOf(payload.params as Record<string, unknown>);
      return {
        uid,
        step: prompt.name,
        reasons: reasonsOf(prompt),
        startedAt: Number(payload.iat),
        client,
        params,
        destination: destinationOf(params.redirect_uri ?? ''),
        ...(account ? { account } : {}),
        answered,
        returnTo: String(payload.returnTo),
      };
    },

    async login(uid, login, fromHost) {
      const unit = unitOfWork();
      const epoch = await loadEpoch(unit, 'AccountEpoch', login.accountId);
      const found = (await provider.Interaction.find(uid)) as unknown as
        | EngineInteraction
        | undefined;
      const other =
        found?.session?.accountId !== undefined && found.session.accountId !== login.accountId;
      if (found && other) await endSession(found);
      await change(uid, (interaction) => {
        if (other) interaction.session = undefined;
        merge(interaction, {
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
      if (found) await endSession(found);
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
