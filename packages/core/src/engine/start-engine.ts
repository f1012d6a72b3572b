import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccountDirectory } from '../authorize/accounts.js';
import type { ClientLimits } from '../authorize/client-limits.js';
import type { ClientDirectory } from '../authorize/clients.js';
import { requestTerms } from '../authorize/request-members.js';
import type { Subjects } from '../authorize/subjects.js';
import type { TargetRules } from '../authorize/targets.js';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import { pageMessage } from '../interaction/page-messages.js';
import { createPipeline } from '../interaction/pipeline.js';
import type { Responder } from '../interaction/responder.js';
import type { Step } from '../interaction/step.js';
import type { BrowserSessions, Features } from '../plugin.js';
import type { LastUse } from '../issue/last-use.js';
import type { LoginMethod } from '../interaction/login-method.js';
import type { SigningKeys } from '../issue/keys.js';
import type { RevocationFeed } from '../issue/revocation-feed.js';
import type { ResolvedOptions } from '../resolved-options.js';
import type { Secrets } from '../secrets.js';
import { createBrowserAccounts } from './browser-accounts.js';
import { createBrowserSessions } from './browser-sessions.js';
import type { CommitContext } from './commit-context.js';
import { retryAfterSeconds } from './answer-unavailable.js';
import { cookieNames } from './cookie-names.js';
import { currentSession } from './current-session.js';
import { createEngine } from './create-engine.js';
import { createEndpoints, type EngineEndpoints } from './endpoints.js';
import { engineMetadata } from './engine-client.js';
import { createErrorPage } from './error-page.js';
import { createInteractionFinder } from './find-interaction.js';
import { createInteractionBridge } from './interaction-bridge.js';
import { createLogOut } from './log-out.js';
import { loginBrowser } from './login-browser.js';
import { readOpaqueToken } from './opaque-token.js';
import type { OpenidSettings } from './openid-settings.js';
import { createPolicy } from './policy.js';
import { prepareSession } from './prepare-session.js';
import { createRecordCodec } from './records.js';
import { createRefreshReplay } from './refresh-replay.js';
import { createRequestReader } from './read-request.js';
import { noteDemands } from './request-demands.js';
import { requestedOf } from './request-view.js';
import { createSessionRecords, type SessionRecords } from './session-records.js';
import type { SessionEndParts } from './end-session.js';
import type { BridgeContext } from './store-bridge.js';
import { type ClaimsContributor, createTokenClaims } from './token-claims.js';
import { findUnitOfWork } from './unit-of-work.js';
import { protocolOf } from './protocol-of.js';

/** What the engine is started with. */
export interface StartEngineParts {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly events: EventHub;
  readonly accounts: AccountDirectory;
  readonly clients: ClientDirectory;
  readonly rules: TargetRules;
  readonly steps: readonly Step[];
  readonly claims: readonly ClaimsContributor[];
  readonly keys: SigningKeys;
  readonly feed: RevocationFeed;
  readonly responder: Responder;
  readonly limits: ClientLimits;
  readonly lastUse: Pick<LastUse, 'note'>;
  readonly loginMethods: readonly LoginMethod[];
  readonly scopeTexts: Readonly<Record<string, string>>;
  readonly resourceNames: Readonly<Record<string, string>>;
  readonly longestJwtSeconds: number;
  readonly openid?: OpenidSettings;
  readonly subjects: Subjects;
  /** The features of authorization requests that are on. */
  readonly requestFeatures: RequestFeatures;
}

/** How authorization requests may come, beside the query. */
export type RequestFeatures = Partial<Pick<Features, 'requestObjects' | 'pushedRequests'>>;

/** The running engine, as the rest of the server sees it. */
export interface RunningEngine {
  readonly endpoints: EngineEndpoints;
  readonly sessions: BrowserSessions;
  readonly sessionRecords: SessionRecords;
  /** What every end of a session needs. */
  readonly sessionEnd: SessionEndParts;
  readonly logOut: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  readonly readOpaque: (token: string) => Promise<Record<string, unknown> | undefined>;
}

/** Wires the engine to the store, the accounts, the steps and the pages. */
export function startEngine(parts: StartEngineParts): RunningEngine {
  const { options, clock, secrets, events, accounts, clients, rules, steps, feed, responder } =
    parts;
  const { store, issuer, origin, mountPath, logger } = options;
  const codec = createRecordCodec(secrets);
  const replay = createRefreshReplay(options.refreshToken.replayWindowSeconds, clock);
  const names = cookieNames(options);
  const logins = loginBrowser(names.login, options.secure, options.interactionLifetimeSeconds);
  const announcement = { feed, longestJwtSeconds: parts.longestJwtSeconds };
  const { subjects, requestFeatures } = parts;
  const sessionEnd: SessionEndParts = {
    clock,
    events,
    ...announcement,
    ...(parts.openid && {
      tellClients: protocolOf(parts.openid).createTellClients({
        clients,
        keys: parts.keys,
        subjects,
        openid: parts.openid,
      }),
    }),
  };
  const bridge: BridgeContext = {
    codec,
    clock,
    secrets,
    replay,
    sessionIdleSeconds: options.session.idleSeconds,
    interactionSeconds: options.interactionLifetimeSeconds,
    ...announcement,
    async findClient(clientId) {
      const client = await clients.find(clientId);
      const notes = findUnitOfWork()?.notes;
      if (client && notes) noteDemands(notes, client, everyPushed);
      if (!client || !parts.openid) return client && engineMetadata(client);
      const { algs } = parts.keys;
      const { acrValues } = parts.openid;
      if (notes) protocolOf(parts.openid).noteWithoutPkce(notes, client);
      const isAsked = notes?.asksOpenid ?? false;
      return engineMetadata(client, { algs, acrValues, isAsked });
    },
  };
  const grantSeconds = options.codeLifetimeSeconds + options.refreshToken.absoluteSeconds;
  const openid = parts.openid ? { openid: parts.openid } : {};
  const protocol = protocolOf(parts.openid);
  const { requestObjects, pushedRequests } = requestTerms(requestFeatures);
  const byReference = requestObjects || pushedRequests;
  const everyPushed = requestFeatures.pushedRequests?.required ?? false;
  const policy = createPolicy({
    issuer,
    accounts,
    clients,
    rules,
    steps,
    clock,
    grantSeconds,
    subjects,
    logins,
    ...openid,
  });
  const errorPage = createErrorPage(responder, clients);
  const commit: CommitContext = {
    store,
    clock,
    events,
    replay,
    lastUse: parts.lastUse,
    ...announcement,
    renderUnavailable: (ctx) =>
      errorPage.send(ctx, pageMessage({ kind: 'unavailable', retryAfterSeconds })),
  };
  const provider = createEngine(
    {
      options,
      clients,
      rules,
      secrets,
      bridge,
      policy,
      tokenClaims: createTokenClaims(parts.claims, feed.clientEpoch),
      keys: parts.keys,
      cookieNames: names,
      renderError: errorPage.render,
      sendPage: errorPage.send,
      subjects,
      byReference,
      ...openid,
    },
    commit,
    logger,
  );
  const handle = provider.callback();
  const sessionRecords = createSessionRecords({ codec, clock });
  const cookie = { provider, sessionCookie: names.session, secure: options.secure };
  const browser = createBrowserAccounts({
    ...sessionEnd,
    ...cookie,
    secrets,
    accounts,
    records: sessionRecords,
    accountsCookie: names.accounts,
    sessionSeconds: options.session.absoluteSeconds,
  });
  const hints = { ...cookie, issuer, keys: parts.keys, clients, accounts, subjects, browser };
  const preparation = {
    ...sessionEnd,
    ...cookie,
    accounts,
    // Where the host's own session is the login, its user is the browser's.
    ...(protocol && !accounts.fromRequest
      ? { selectByHint: protocol.createHintSelection(hints) }
      : {}),
  };
  const pipeline = createPipeline({
    issuer,
    origin,
    bridge: createInteractionBridge({
      provider,
      find: createInteractionFinder({
        provider,
        codec,
        secrets,
        clock,
        clients,
        accounts,
        sessionCookie: names.session,
        logins,
      }),
      ...sessionEnd,
      accounts,
      browser,
      logins,
      cookieNames: names,
    }),
    steps: new Map(steps.map((step) => [step.name, step])),
    responder,
    secrets,
    accounts,
    clock,
    events,
    scopeTexts: parts.scopeTexts,
    resourceNames: parts.resourceNames,
    requestedOf: (params, client) => requestedOf(params, client, rules),
  });
  return {
    endpoints: createEndpoints({
      issuer,
      origin,
      mountPath,
      store,
      clock,
      events,
      logger,
      codec,
      keys: parts.keys,
      clients,
      limits: parts.limits,
      pipeline,
      responder,
      secrets,
      requests: createRequestReader({
        issuer,
        clock,
        clients,
        codec,
        rules: {
          isScopeKnown: (scope) => rules.scopeOwner.has(scope) || rules.pluginScopes.has(scope),
          formPost: parts.openid !== undefined,
        },
        requestObjects,
        byReference,
        loadSession: (req, res) => currentSession(req, res, provider, names.session),
      }),
      ...(protocol && {
        openid: {
          createUserinfo: protocol.createUserinfo,
          logoutQuery: protocol.logoutQuery,
          logout: protocol.createLogout({ ...hints, origin, secrets }),
        },
      }),
      run: async (req, res) => void (await handle(req, res)),
      prepareSession: (req, exchange, moment) => prepareSession(req, exchange, moment, preparation),
    }),
    sessions: createBrowserSessions({
      provider,
      secrets,
      accounts,
      loginMethods: parts.loginMethods,
      origin,
      mountPath,
      cookieName: names.session,
    }),
    sessionRecords,
    sessionEnd,
    logOut: createLogOut({ ...cookie, store, clock, browser, origin, mountPath }),
    readOpaque: (token) => readOpaqueToken(token, { provider, store, clock, policy }),
  };
}
