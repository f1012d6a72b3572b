import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fields } from '../app/read-fields.js';
import type { AccountDirectory } from '../authorize/accounts.js';
import type { Client } from '../authorize/clients.js';
import type {
  InteractionBridge,
  InteractionMiss,
  RunningInteraction,
} from '../engine/interaction-bridge.js';
import { enginePaths } from '../engine/engine-paths.js';
import { unitOfWork } from '../engine/unit-of-work.js';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import type { Secrets } from '../secrets.js';
import { admitLogin } from './admit-login.js';
import { loadConsent, saveConsent } from './consent.js';
import { checkForm, csrfToken } from './form-check.js';
import { pageMessage } from './page-messages.js';
import type { Responder } from './responder.js';
import type { PageView, Step, StepReply } from './step.js';
import type { InteractionView, ScopesByResource } from './view.js';

/** What the pipeline is made from. */
export interface PipelineParts {
  readonly issuer: string;
  readonly origin: string;
  readonly bridge: InteractionBridge;
  readonly steps: ReadonlyMap<string, Step>;
  readonly responder: Responder;
  readonly secrets: Secrets;
  readonly accounts: AccountDirectory;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly scopeTexts: Readonly<Record<string, string>>;
  readonly resourceNames: Readonly<Record<string, string>>;
  readonly requestedOf: (
    params: Readonly<Record<string, string>>,
    client: Client,
  ) => ScopesByResource;
}

/** One request to an interaction page. */
export interface PageRequest {
  readonly req: IncomingMessage;
  /** The request as the engine sees it: for the cookie. */
  readonly engineReq: IncomingMessage;
  readonly res: ServerResponse;
  readonly uid: string;
  /** What follows the uid in the path, e.g. the name of a login method. */
  readonly rest: string;
  readonly address: string;
  readonly query: ReadonlyMap<string, string>;
  /** Present for a POST. */
  readonly form?: Fields;
}

/** What to send once the unit of work has been committed. */
export type PipelineReply =
  | { readonly redirect: string }
  | { readonly view: PageView; readonly form?: { readonly action: string; readonly csrf: string } };

/** Shows and takes the pages between an authorization request and its answer. */
export interface Pipeline {
  page(request: PageRequest): Promise<PipelineReply>;
  /** Where a browser on its way back must go instead, if it may not pass. */
  wayBack(
    request: Pick<PageRequest, 'engineReq' | 'res' | 'uid'>,
  ): Promise<PipelineReply | undefined>;
}

/** Every interaction page passes through here: cookie, form check, step, and the way back to the engine. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const urlOf = (uid: string): string => `${parts.issuer}/interaction/${uid}`;

  async function page(request: PageRequest): Promise<PipelineReply> {
    const { engineReq, res, uid, form } = request;
    const found = await parts.bridge.load(engineReq, res, uid);
    if ('miss' in found) return missReply(found);
    // A double submit, or the back button: the answer stands, and only the way back is missing.
    if (found.answered) return { redirect: found.returnTo };
    const step = parts.steps.get(found.step);
    if (!step) throw new Error(`no step is called ${found.step}`);
    const view = await interactionView(found, request, parts, urlOf(uid));
    const settled = (reply: StepReply): Promise<PipelineReply> =>
      settle(reply, found, view, request);
    if (!form) {
      if (request.rest === '') return settled(await step.show(view));
      if (!step.callback) return { view: pageMessage({ kind: 'interaction_unknown' }) };
      return settled(await step.callback(view, request.rest, request.query));
    }
    const { secrets, origin } = parts;
    const fault = checkForm(request.req, form.fields, uid, {
      secrets,
      origin,
      isJson: form.isJson,
    });
    if (fault) {
      const client = found.client.view;
      return { view: pageMessage({ kind: 'form_not_ours', client, retryUrl: urlOf(uid) }) };
    }
    return settled(await step.submit(view, form.fields));
  }

  async function wayBack({
    engineReq,
    res,
    uid,
  }: Parameters<Pipeline['wayBack']>[0]): Promise<PipelineReply | undefined> {
    const found = await parts.bridge.resume(engineReq, res, uid);
    if (found === 'unanswered') return { redirect: urlOf(uid) };
    return found && missReply(found);
  }

  async function missReply(found: InteractionMiss): Promise<PipelineReply> {
    if (found.miss === 'superseded') return { redirect: urlOf(found.liveUid) };
    if (found.miss === 'session_changed') {
      const query = await parts.bridge.askAgain(found);
      return { redirect: `${parts.issuer}${enginePaths.authorization}?${query}` };
    }
    const client = found.client ? { client: found.client.view } : {};
    return { view: pageMessage({ kind: missKinds[found.miss], ...client }) };
  }

  async function settle(
    reply: StepReply,
    found: RunningInteraction,
    view: InteractionView,
    { engineReq, res }: PageRequest,
  ): Promise<PipelineReply> {
    const { bridge } = parts;
    const { uid, returnTo } = found;
    const back = { redirect: returnTo };
    if ('page' in reply) {
      return { view: reply, form: { action: urlOf(uid), csrf: csrfToken(parts.secrets, uid) } };
    }
    if ('redirect' in reply) return reply;
    if ('login' in reply) {
      const login = await admitLogin(reply, parts);
      await bridge.login({ engineReq, res }, uid, login, reply.method === 'host');
      emit('login.succeeded', {
        accountId: login.accountId,
        clientId: view.client.client_id,
        method: reply.method,
      });
      return back;
    }
    if ('consent' in reply) {
      await consent(reply.consent, found, view);
      return back;
    }
    if ('deny' in reply) {
      const { error, description } = reply.deny;
      await bridge.deny(uid, error, description);
      if (found.step === 'consent' && view.account) {
        const { accountId } = view.account;
        emit('consent.denied', { accountId, clientId: view.client.client_id });
      }
      return back;
    }
    if ('useSession' in reply) {
      // It ended meanwhile, or the form was made up: the page shows what there is.
      const used = await bridge.useSession(engineReq, res, uid, reply.useSession);
      return used ? back : { redirect: urlOf(uid) };
    }
    if ('switchAccount' in reply) await bridge.switchAccount(uid);
    else if ('addAccount' in reply) await bridge.addAccount(uid);
    else await bridge.answer(uid, found.step, reply.done);
    return back;
  }

  async function consent(
    decision: Extract<StepReply, { consent: unknown }>['consent'],
    found: RunningInteraction,
    view: InteractionView,
  ): Promise<void> {
    if (!view.account) throw new Error('consent was answered without an account');
    const { accountId } = view.account;
    const { client_id: clientId } = view.client;
    await saveConsent(unitOfWork(), accountId, clientId, decision, parts.clock.now());
    await parts.bridge.answer(found.uid, 'consent', {});
    const scopes = Object.values(decision.granted).flat();
    emit('consent.granted', { accountId, clientId, scopes });
  }

  // Once the commit held: a double submit, or another tab, may still undo it.
  function emit<Name extends 'login.succeeded' | 'consent.granted' | 'consent.denied'>(
    name: Name,
    payload: Parameters<typeof parts.events.emit<Name>>[1],
  ): void {
    const unit = unitOfWork();
    unit.afterCommit(() => parts.events.emit(name, payload, unit.requestId));
  }

  return { page, wayBack };
}

const missKinds = {
  unknown: 'interaction_unknown',
  expired: 'interaction_expired',
  finished: 'already_finished',
  cookie_missing: 'cookie_missing',
} as const;

async function interactionView(
  found: RunningInteraction,
  request: PageRequest,
  parts: PipelineParts,
  url: string,
): Promise<InteractionView> {
  const { client, account } = found;
  const consent =
    account && (await loadConsent(unitOfWork(), account.accountId, client.view.client_id));
  return {
    ...(consent ? { priorConsent: consent } : {}),
    uid: found.uid,
    startedAt: found.startedAt,
    step: found.step,
    reasons: found.reasons,
    client: found.client.view,
    params: found.params,
    requested: parts.requestedOf(found.params, found.client),
    destination: found.destination,
    ...(found.account ? { account: found.account } : {}),
    url,
    address: request.address,
    req: request.req,
    otherAccounts: () => parts.bridge.otherAccounts(request.engineReq, request.res),
    scopeTexts: parts.scopeTexts,
    resourceNames: parts.resourceNames,
  };
}
