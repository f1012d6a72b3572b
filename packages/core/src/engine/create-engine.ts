import type { EventEmitter } from 'node:events';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Logger } from '../app/logger.js';
import { isClientSecret } from '../authorize/clients.js';
import { showStray } from '../show-stray.js';
import { oneLine } from '../show-value.js';
import type { CommitContext } from './commit-context.js';
import { commitReply } from './commit-reply.js';
import { type EngineParts, engineConfig } from './engine-config.js';
import { asEngineError } from './engine-error.js';
import { engine, engineNotices, quietly } from './load-engine.js';
import { failures } from './outcome-events.js';
import { explainPkceMismatch } from './pkce-explanation.js';
import { checkDemands } from './request-demands.js';
import { formPostMode } from './request-view.js';
import { tooManyAttempts } from './too-many-attempts.js';
import { unitOfWork } from './unit-of-work.js';
import { protocolOf } from './protocol-of.js';

/** Builds the engine: our configuration, our client secrets, our commit around it. */
export function createEngine(parts: EngineParts, commit: CommitContext, logger: Logger): Provider {
  for (const notice of engineNotices.splice(0)) logger.debug({ notice }, 'engine notice');
  const provider = quietly(
    (notice) => logger.debug({ notice }, 'engine notice'),
    () => new engine.Provider(parts.options.issuer, engineConfig(parts)),
  );
  // Its proxy headers are ours: see engine-request.
  provider.proxy = true;
  useOwnSecrets(provider, parts);
  const { openid, keys, clients, options, sendPage, subjects } = parts;
  if (openid) {
    protocolOf(openid).bendToOpenid(provider, {
      issuer: options.issuer,
      keys,
      clients,
      sendPage,
      subjects,
    });
  }
  noteFailures(provider, logger);
  provider.use(commitReply(commit) as never);
  if (openid) provider.use(protocolOf(openid).tellOwnSubject(subjects, clients) as never);
  return provider;
}

// The engine compares with the secret that it was given. It is given none: hashes are compared by us.
function useOwnSecrets(provider: Provider, { clients, bridge }: EngineParts): void {
  Object.assign(provider.Client.prototype, {
    async compareClientSecret(this: { clientId: string }, presented: string): Promise<boolean> {
      const client = await clients.find(this.clientId);
      const { clientAttempt } = unitOfWork().notes;
      // No turn of the event loop from here to the count: guesses that come at once must not overtake it.
      const waits = clientAttempt?.waitsHere();
      if (waits !== undefined) {
        engine.Provider.ctx?.set('Retry-After', String(waits));
        throw asEngineError(tooManyAttempts());
      }
      const matches = client !== undefined && isClientSecret(client, presented, bridge.clock.now());
      // The endpoint waits for it.
      if (!matches) clientAttempt?.failed().catch(() => {});
      return matches;
    },
    responseModeAllowed(this: { clientId: string }, mode: string | undefined): boolean {
      checkDemands(this.clientId);
      // None is known yet when the response type is missing, which is refused next.
      if (mode === undefined || mode === 'query' || mode === 'fragment') return true;
      // Only ever put there by us, where there is a page for it.
      if (mode === formPostMode) return true;
      // The engine knows more modes than we ship a page for. Without this the refusal itself would come by that mode.
      const { params } = engine.Provider.ctx?.oidc ?? {};
      if (params) params.response_mode = undefined;
      throw new engine.errors.UnsupportedResponseMode();
    },
    responseTypeAllowed(this: { responseTypes: string[] }, type: string): boolean {
      if (this.responseTypes.includes(type)) return true;
      // RFC 6749 §4.1.2.1 has a code of its own for it.
      throw new engine.errors.UnauthorizedClient(
        'this client may not use the authorization code grant',
      );
    },
  });
}

interface EngineError extends Error {
  readonly error?: string;
  readonly error_detail?: string;
  readonly error_description?: string;
  readonly scope?: string;
  readonly expose?: boolean;
}

const errorEvents = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
  'jwks.error',
  'pushed_authorization_request.error',
  'userinfo.error',
] as const;

// What the client hears says the reason too, where nothing is kept from it.
function describe({ error_description: words, scope }: EngineError): string | undefined {
  return words === undefined || scope === undefined ? words : `${words}: ${showStray(scope, [])}`;
}

function noteFailures(provider: Provider, logger: Logger): void {
  // Its typed events miss some that it emits.
  const emitter: EventEmitter = provider as unknown as EventEmitter;
  for (const name of errorEvents) {
    emitter.on(name, (ctx: KoaContextWithOIDC, error: EngineError) => {
      const explained = explainPkceMismatch(ctx, unitOfWork().notes);
      const detail = explained ?? error.error_detail ?? describe(error);
      failures.set(ctx, {
        error: error.error ?? 'server_error',
        // The request may have had a hand in the words.
        ...(detail === undefined ? {} : { detail: oneLine(detail, 300) }),
      });
    });
  }
  emitter.on('server_error', (ctx: KoaContextWithOIDC, error: Error) => {
    failures.set(ctx, { error: 'server_error' });
    // A store that is out of reach has its own event.
    if (unitOfWork().failure === undefined) logger.error({ error }, 'a request failed');
  });
  // Without a listener Koa writes to the host's console.
  emitter.on('error', (error: Error) => logger.error({ error }, 'a request failed'));
}
