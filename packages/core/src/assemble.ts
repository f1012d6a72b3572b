import type { Guard, GuardResources } from '@gatehouse/guard';
import { createActivity } from './app/activity.js';
import { chooseCounters } from './app/choose-counters.js';
import { createLimiter } from './app/create-limiter.js';
import { changingDocument, createDocument } from './app/document.js';
import { checkHealth } from './app/health.js';
import type { LimitDefinition, Limiter } from './app/limits.js';
import { createMount } from './app/mount.js';
import { purge } from './app/purge.js';
import { resourceMetadata } from './app/resource-metadata.js';
import { serverMetadata } from './app/server-metadata.js';
import { createAccountDirectory } from './authorize/account-directory.js';
import { createClientLimits } from './authorize/client-limits.js';
import { logLoosened, openidTerms } from './authorize/openid-members.js';
import { createManagedClients } from './authorize/managed-clients.js';
import { staticClients } from './authorize/static-clients.js';
import { createClientDirectory } from './authorize/client-directory.js';
import type { ResourcesOptions } from './authorize/options.js';
import { requestTerms } from './authorize/request-members.js';
import { createSubjects, publicSubjects } from './authorize/subjects.js';
import { targetRules } from './authorize/targets.js';
import { checkRegistry } from './check-registry.js';
import { systemClock } from './clock.js';
import { corePlugin } from './core-plugin.js';
import { requestMetadata } from './engine/request-metadata.js';
import { reachedLimiter, reachedStore } from './engine/reach-store.js';
import { startEngine } from './engine/start-engine.js';
import { createEventHub } from './events.js';
import { createGuardedFetch } from './guarded-fetch.js';
import { createResponder } from './interaction/responder.js';
import { createConnections } from './issue/connections.js';
import { createLastUse } from './issue/last-use.js';
import { loadSigningKeys } from './issue/load-keys.js';
import { loadPairwiseSalt } from './issue/pairwise-salt.js';
import { createManagedGrants } from './issue/managed-grants.js';
import { createManagedSessions } from './issue/managed-sessions.js';
import { createRevocationFeed } from './issue/revocation-feed.js';
import { revoke } from './issue/revoke.js';
import type { RevokeTarget } from './issue/revoke-target.js';
import { signJwt } from './issue/sign-jwt.js';
import { openidSignatures, signingNeeds } from './issue/signing-needs.js';
import { createKernel, featuresOf, type Registry } from './kernel.js';
import { createJobs } from './jobs.js';
import { type LateRuntime, lateRuntime } from './late-runtime.js';
import type { Runtime } from './plugin.js';
import type { ResolvedOptions } from './resolved-options.js';
import { createLocalGuard } from './resource/protect.js';
import { createSecrets } from './secrets.js';
import type { Store } from './store.js';
import type { AuthorizationServer } from './server.js';
import { protocolOf } from './engine/protocol-of.js';

/** The server before its types are narrowed to the host's resources. */
export type AssembledServer = AuthorizationServer<ResourcesOptions>;

const drainMilliseconds = 10_000;

/** Options to kernel to engine to mount. */
export async function assemble(options: ResolvedOptions): Promise<AssembledServer> {
  const { issuer, logger, store } = options;
  const reached = reachedStore(store);
  const clock = systemClock;
  const secrets = createSecrets(options.secrets);
  const events = createEventHub(logger, clock.now);
  const accounts = createAccountDirectory(options.accounts, clock);
  const makeCounter = chooseCounters(options);
  const makeLimiter = (definition: LimitDefinition): Limiter =>
    reachedLimiter(createLimiter(definition, secrets, makeCounter), store.name);
  const limits = createClientLimits(makeLimiter);
  const jobs = createJobs({ store: reached, clock, secrets, logger });
  let late: LateRuntime | undefined;
  const runtime: Runtime = {
    ...lateRuntime(() => late),
    issuer,
    store: reached,
    clock,
    logger,
    accounts,
    fetch: createGuardedFetch(options.outbound),
    emit: (name, payload) => events.emit(name, payload),
    sign: (label, value) => secrets.sign(`plugin:${label}`, value),
    verify: (label, value, signature) => secrets.verify(`plugin:${label}`, value, signature),
    seal: (label, text) => secrets.seal(`plugin:${label}`, text),
    open: (label, sealed) => secrets.open(`plugin:${label}`, sealed),
  };

  let registry: Registry | undefined;
  const kernel = createKernel(options.plugins, [corePlugin(() => registry, clock.now, events)]);
  registry = kernel.setUp({
    runtime,
    createLimiter: makeLimiter,
    createJob: jobs.define,
    scopeOwner: options.scopeOwner,
  });
  checkRegistry(options, registry);
  for (const { value } of registry.listeners) events.on(value.name, value.listener as never);

  const { openid, ...requestFeatures } = featuresOf(registry);

  await store.open?.(registry.kinds.map(({ value }) => value));
  const resources = [...options.resources.values()];
  const keys = await loadSigningKeys({
    options: options.keys,
    needs: signingNeeds(resources, [
      ...registry.signatures.map(({ value }) => value),
      ...openidSignatures(options.clients, openid),
    ]),
    store,
    secrets,
    clock,
    events,
    logger,
  });
  logLoosened(options.clients, logger);
  const subjects = openid
    ? createSubjects(await loadPairwiseSalt(store, secrets, clock), openid.subject)
    : publicSubjects;
  const feed = createRevocationFeed(store, clock, logger);
  const pluginScopes = registry.scopes.map(({ value }) => value);
  const pluginScopeNames = pluginScopes.map(({ name }) => name);
  const statics = staticClients(options, pluginScopeNames);
  const declared = [...options.scopeOwner.keys(), ...pluginScopeNames];
  const clients = createClientDirectory({ statics, store: reached, clock, declared });
  await feed.start(clients.forget);
  const rules = targetRules(
    options,
    pluginScopeNames,
    openid && ((parameter, client) => protocolOf(openid).claimsAsked(parameter, client, openid)),
  );
  const responder = createResponder({
    theme: options.theme,
    lang: options.lang,
    pages: new Map(registry.pages.map(({ value }) => [value.name, value])),
    replacements: options.pages,
  });
  const lastUse = createLastUse(reached, clock, logger);
  const scopeTexts = Object.fromEntries([
    ...resources.flatMap(({ scopes }) => [...scopes]),
    ...pluginScopes.map(({ name, description }) => [name, description] as const),
  ]);
  const resourceNames = Object.fromEntries(
    resources.map(({ identifier, name }) => [identifier, name]),
  );
  const longestJwtSeconds = Math.max(
    600,
    ...resources.flatMap((one) => [one.lifetimeSeconds, one.machineLifetimeSeconds]),
  );
  const engine = startEngine({
    options,
    clock,
    secrets,
    events,
    accounts,
    clients,
    rules,
    steps: registry.steps.map(({ value }) => value),
    claims: registry.claims.map(({ value }) => value),
    keys,
    feed,
    responder,
    limits,
    lastUse,
    loginMethods: registry.loginMethods.map(({ value }) => value),
    scopeTexts,
    resourceNames,
    longestJwtSeconds,
    subjects,
    requestFeatures,
    ...(openid ? { openid } : {}),
  });
  const guard = localGuard();
  const revokeIn = (from: Store, target: RevokeTarget): Promise<void> =>
    revoke(target, { store: from, sessions: engine.sessionRecords, ...engine.sessionEnd });
  const revokeTarget = (target: RevokeTarget): Promise<void> => revokeIn(store, target);
  const managedClients = createManagedClients({
    store,
    clock,
    statics,
    directory: clients,
    declared,
    ...(openid
      ? { openid: openidTerms(openid, { algorithms: keys.algs, outbound: options.outbound }) }
      : {}),
    requests: requestTerms(requestFeatures),
    longestJwtSeconds,
    revokeClient: (clientId) => revokeTarget({ clientId }),
    fetch: runtime.fetch,
  });
  late = {
    sessions: engine.sessions,
    clients: managedClients,
    signJwt: (request) => signJwt(keys, request),
    connections: createConnections({
      store: reached,
      clock,
      clients,
      lastUse,
      scopeTexts,
      resourceNames,
      revoke: (target) => revokeIn(reached, target),
    }),
  };
  const activity = createActivity();
  const prompts = registry.steps.flatMap(({ value }) => (value.requestable ? [value.name] : []));

  const mount = createMount({
    origin: options.origin,
    mountPath: options.mountPath,
    endpoints: engine.endpoints,
    responder,
    metadata: createDocument(
      serverMetadata({
        issuer,
        scopes: declared,
        more: Object.fromEntries(registry.metadata.map(({ value }) => [value.name, value.value])),
        ...(openid
          ? { openid: protocolOf(openid).openidMetadata({ issuer, openid, keys, prompts }) }
          : {}),
        requests: requestMetadata(issuer, requestFeatures),
      }),
      3600,
    ),
    jwks: changingDocument(keys.published, keys.cacheSeconds),
    pluginRoutes: registry.routes.map(({ value }) => value),
    resourceMetadata: resourceMetadata(guard, options.resources.keys(), options.origin),
    hasPushedRequests: requestFeatures.pushedRequests !== undefined,
    usesHostSession: accounts.fromRequest !== undefined,
    logger,
    activity,
  });

  jobs.start();

  function localGuard(): Guard<GuardResources> | undefined {
    if (resources.length === 0) return undefined;
    return createLocalGuard({
      issuer,
      resources: Object.fromEntries(
        resources.map((one) => [
          one.identifier,
          { name: one.name, scopes: Object.fromEntries(one.scopes) },
        ]),
      ),
      keys,
      feed,
      logger,
      clock,
      readOpaque: engine.readOpaque,
    });
  }

  const protect: Guard<GuardResources>['protect'] = (resource, ...rest) => {
    if (!guard) throw new TypeError('protect() needs a resource: the server declares none');
    return guard.protect(resource, ...rest);
  };
  return {
    issuer,
    routes: () => mount,
    protect,
    of: (req) => guard?.of(req),
    clients: managedClients,
    keys: { list: keys.list, rotate: keys.rotate },
    grants: createManagedGrants({ store, clock, lastUse, revoke: revokeTarget }),
    sessions: createManagedSessions({
      store,
      clock,
      records: engine.sessionRecords,
      revoke: revokeTarget,
    }),
    logOut: engine.logOut,
    revoke: revokeTarget,
    on: events.on,
    health: () => checkHealth(store, clock),
    purge: (purgeOptions) => purge(store, clock, purgeOptions),
    async close() {
      await Promise.all([activity.close(drainMilliseconds), jobs.close(drainMilliseconds)]);
      await lastUse.settle();
      await Promise.all([feed.stop(), keys.stop()]);
      await store.close?.();
    },
    ...Object.fromEntries(registry.extensions.map(({ value }) => [value.name, value.api])),
  };
}
