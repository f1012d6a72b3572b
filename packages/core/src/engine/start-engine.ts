import type { AccountDirectory } from '../authorize/accounts.js';
import type { ClientLimits } from '../authorize/client-limits.js';
import type { ClientDirectory } from '../authorize/clients.js';
import type { TargetRules } from '../authorize/targets.js';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import { pageMessage } from '../interaction/page-messages.js';
import { createPipeline } from '../interaction/pipeline.js';
import type { Responder } from '../interaction/responder.js';
import type { Step } from '../interaction/step.js';
import type { BrowserSessions } from '../plugin.js';
import type { LastUse } from '../issue/last-use.js';
import type { LoginMethod } from '../interaction/login-method.js';
import type { SigningKeys } from '../issue/keys.js';
import type { RevocationFeed } from '../issue/revocation-feed.js';
import type { ResolvedOptions } from '../resolved-options.js';
import type { Secrets } from '../secrets.js';
import { createBrowserSessions } from './browser-sessions.js';
import type { CommitContext } from './commit-context.js';
import { retryAfterSeconds } from './answer-unavailable.js';
import { cookieNames } from './cookie-names.js';
import { createEngine } from './create-engine.js';
import { createEndpoints, type EngineEndpoints } from './endpoints.js';
import { engineMetadata } from './engine-client.js';
import { createErrorPage } from './error-page.js';
import { createInteractionFinder } from './find-interaction.js';
import { syncHostSession } from './host-session.js';
import { createInteractionBridge } from './interaction-bridge.js';
import { readOpaqueToken } from './opaque-token.js';
import { noteWithoutPkce } from './openid-pkce.js';
import { createLogout } from './openid-logout.js';
import type { OpenidSettings } from './openid-settings.js';
import { createPolicy } from './policy.js';
import { createRecordCodec } from './records.js';
import { createRefreshReplay } from './refresh-replay.js';
import { requestedOf } from './request-view.js';
import type { BridgeContext } from './store-bridge.js';
import { type ClaimsContributor, createTokenClaims } from './token-claims.js';
import { findUnitOfWork } from './unit-of-work.js';

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
}

/** The running engine, as the rest of the server sees it. */
export interface RunningEngine {
  readonly endpoints: EngineEndpoints;
  readonly sessions: BrowserSessions;
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
  const announcement = { feed, longestJwtSeconds: parts.longestJwtSeconds };
  const bridge: BridgeContext = {
    codec,
    clock,
    secrets,
    replay,
    sessionIdleSeconds: options.session.idleSeconds,
    ...announcement,
    async findClient(clientId) {
      const client = await clients.find(clientId);
      if (!client || !parts.openid) return client && engineMetadata(client);
      const { algs } = parts.keys;
      const { acrValues } = parts.openid;
      const notes = findUnitOfWork()?.notes;
      if (notes) noteWithoutPkce(notes, client);
      const isAsked = notes?.asksOpenid ?? false;
      return engineMetadata(client, { algs, acrValues, isAsked });
    },
  };
  const grantSeconds = options.codeLifetimeSeconds + options.refreshToken.absoluteSeconds;
  const openid = parts.openid ? { openid: parts.openid } : {};
  const policy = createPolicy({
    issuer,
    accounts,
    clients,
    rules,
    steps,
    clock,
    grantSeconds,
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
      ...openid,
    },
    commit,
    logger,
  );
  const handle = provider.callback();
  const hostSession = { provider, accounts, events, cookieName: names.session };
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
      }),
      clock,
      accounts,
      events,
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
      isScopeKnown: (scope) => rules.scopeOwner.has(scope) || rules.pluginScopes.has(scope),
      hasOpenid: parts.openid !== undefined,
      logout: createLogout({
        provider,
        issuer,
        origin,
        keys: parts.keys,
        clients,
        accounts,
        secrets,
        clock,
        events,
        ...announcement,
        sessionCookie: names.session,
        secure: options.secure,
      }),
      run: async (req, res) => void (await handle(req, res)),
      syncHostSession: (req, engineReq, res, moment) =>
        syncHostSession(req, engineReq, res, moment, hostSession),
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
    readOpaque: (token) => readOpaqueToken(token, { provider, store, clock, policy }),
  };
}
