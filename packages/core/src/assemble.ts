import type { Guard, GuardResources } from '@gatehouse/guard';
import { createActivity } from './app/activity.js';
import { createLimiter } from './app/create-limiter.js';
import { createDocument } from './app/document.js';
import { checkHealth } from './app/health.js';
import type { LimitDefinition, Limiter } from './app/limits.js';
import { createMount } from './app/mount.js';
import { purge } from './app/purge.js';
import { resourceMetadata } from './app/resource-metadata.js';
import { serverMetadata } from './app/server-metadata.js';
import { createAccountDirectory } from './authorize/account-directory.js';
import { createClientLimits } from './authorize/client-limits.js';
import { createManagedClients } from './authorize/managed-clients.js';
import { staticClients } from './authorize/static-clients.js';
import { createClientDirectory } from './authorize/client-directory.js';
import type { ResourcesOptions } from './authorize/options.js';
import { targetRules } from './authorize/targets.js';
import { boundedStore, storeMilliseconds } from './bounded-store.js';
import { checkRegistry } from './check-registry.js';
import { systemClock } from './clock.js';
import { coreKinds } from './engine/kinds.js';
import { reachedStore } from './engine/reach-store.js';
import { startEngine } from './engine/start-engine.js';
import { createEventHub, type EventHub } from './events.js';
import { createLoginStep, type LoginFailure } from './interaction/login.js';
import { corePages } from './interaction/pages/index.js';
import { createResponder } from './interaction/responder.js';
import { loadSigningKeys } from './issue/keys.js';
import { createManagedGrants } from './issue/managed-grants.js';
import { createRevocationFeed } from './issue/revocation-feed.js';
import { type RevokeTarget, revoke } from './issue/revoke.js';
import { createKernel, type Registry } from './kernel.js';
import { definePlugin, type Plugin, type Runtime } from './plugin.js';
import type { ResolvedOptions } from './resolved-options.js';
import { createLocalGuard } from './resource/protect.js';
import { createSecrets } from './secrets.js';
import type { AuthorizationServer } from './server.js';

/** The server before its types are narrowed to the host's resources. */
export type AssembledServer = AuthorizationServer<ResourcesOptions>;

const drainMilliseconds = 10_000;

/** Options to kernel to engine to mount. */
export async function assemble(options: ResolvedOptions): Promise<AssembledServer> {
  const { issuer, logger, store } = options;
  const clock = systemClock;
  const secrets = createSecrets(options.secrets);
  const events = createEventHub(logger, clock.now);
  const accounts = createAccountDirectory(options.accounts);
  const makeLimiter = (definition: LimitDefinition): Limiter => createLimiter(definition, secrets);
  const runtime: Runtime = {
    issuer,
    store: reachedStore(boundedStore(store, () => storeMilliseconds)),
    clock,
    logger,
    accounts,
    sign: (label, value) => secrets.sign(`plugin:${label}`, value),
    verify: (label, value, signature) => secrets.verify(`plugin:${label}`, value, signature),
    seal: (label, text) => secrets.seal(`plugin:${label}`, text),
    open: (label, sealed) => secrets.open(`plugin:${label}`, sealed),
  };

  let registry: Registry | undefined;
  const kernel = createKernel(options.plugins, [corePlugin(() => registry, clock.now, events)]);
  registry = kernel.setUp({ runtime, createLimiter: makeLimiter, scopeOwner: options.scopeOwner });
  checkRegistry(options, registry);
  for (const { value } of registry.listeners) events.on(value.name, value.listener as never);

  await store.open?.(registry.kinds.map(({ value }) => value));
  const resources = [...options.resources.values()];
  const algs = new Set(resources.filter(({ format }) => format === 'jwt').map(({ alg }) => alg));
  const keys = await loadSigningKeys(options.keys, algs.add('ES256'), store, secrets, clock);
  const feed = createRevocationFeed(store, clock, logger);
  const statics = staticClients(options);
  const declared = [...options.scopeOwner.keys()];
  const clients = createClientDirectory({ statics, store, clock, declared });
  await feed.start(clients.forget);
  const pluginScopes = registry.scopes.map(({ value }) => value);
  const rules = targetRules(
    options,
    pluginScopes.map(({ name }) => name),
  );
  const responder = createResponder({
    theme: options.theme,
    lang: options.lang,
    pages: new Map(registry.pages.map(({ value }) => [value.name, value])),
    replacements: options.pages,
  });
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
    limits: createClientLimits(makeLimiter),
    scopeTexts: Object.fromEntries([
      ...resources.flatMap(({ scopes }) => [...scopes]),
      ...pluginScopes.map(({ name, description }) => [name, description] as const),
    ]),
    resourceNames: Object.fromEntries(resources.map(({ identifier, name }) => [identifier, name])),
    longestJwtSeconds,
  });
  const guard = localGuard();
  const revokeTarget = (target: RevokeTarget): Promise<void> =>
    revoke(target, { store, clock, events, feed, longestJwtSeconds });
  const activity = createActivity();

  const mount = createMount({
    origin: options.origin,
    mountPath: options.mountPath,
    endpoints: engine.endpoints,
    responder,
    metadata: createDocument(
      serverMetadata({
        issuer,
        scopes: [...options.scopeOwner.keys(), ...rules.pluginScopes],
        more: Object.fromEntries(registry.metadata.map(({ value }) => [value.name, value.value])),
      }),
      3600,
    ),
    jwks: createDocument(keys.publicJwks, 300),
    pluginRoutes: registry.routes.map(({ value }) => value),
    resourceMetadata: resourceMetadata(guard, options.resources.keys(), options.origin),
    usesHostSession: accounts.fromRequest !== undefined,
    logger,
    activity,
  });

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
    clients: createManagedClients({
      store,
      clock,
      statics,
      directory: clients,
      declared,
      known: new Set([...declared, ...rules.pluginScopes]),
      longestJwtSeconds,
      revokeClient: (clientId) => revokeTarget({ clientId }),
    }),
    grants: createManagedGrants({ store, clock, revoke: revokeTarget }),
    revoke: revokeTarget,
    on: events.on,
    health: () => checkHealth(store, clock),
    purge: (purgeOptions) => purge(store, clock, purgeOptions),
    async close() {
      await activity.close(drainMilliseconds);
      feed.stop();
      await store.close?.();
    },
    ...Object.fromEntries(registry.extensions.map(({ value }) => [value.name, value.api])),
  };
}

// The server's own part goes through the same slots as any plugin's.
function corePlugin(
  registry: () => Registry | undefined,
  now: () => number,
  events: EventHub,
): Plugin<never> {
  return definePlugin<never>({
    name: 'core',
    setup(slots) {
      for (const kind of coreKinds) slots.kind(kind);
      for (const page of corePages) slots.page(page);
      const installed = () => registry()?.loginMethods.map(({ value }) => value) ?? [];
      slots.step(
        createLoginStep({ installed, now, onFailure: (failure) => tell(failure, events) }),
      );
    },
  });
}

function tell(
  { clientId, method, status, retryAfterSeconds = 0 }: LoginFailure,
  events: EventHub,
): void {
  if (status === 429) events.emit('login.limited', { clientId, method, retryAfterSeconds });
  else
    events.emit('login.failed', { clientId, method, reason: status >= 500 ? 'busy' : 'refused' });
}
