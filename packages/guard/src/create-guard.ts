import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Auth, AuthFor } from './auth.js';
import { createVerifier } from './create-verifier.js';
import {
  checkGuardOptions,
  type GuardLogger,
  type GuardOptions,
  type GuardResources,
} from './guard-options.js';
import { type ProtectedHandler, protect } from './protect.js';
import {
  type ProtectedResourceMetadata,
  protectedResourceMetadata,
  protectedResourceUrl,
} from './protected-resource-metadata.js';
import { remoteSource } from './remote-source.js';
import { createRoute, type ProtectOptions, type ScopeOf } from './route.js';
import { serveMetadata } from './serve-metadata.js';

/** Makes a misspelt option a compile error where the options' own type is inferred. */
type NothingElse<O> = { readonly [Name in Exclude<keyof O, keyof ProtectOptions>]: never };

/**
 * Protects the routes of an API with access tokens.
 *
 * @group resource
 * @see [RFC 6750](https://www.rfc-editor.org/rfc/rfc6750.html)
 */
export interface Guard<R extends GuardResources> {
  /**
   * Middleware that lets in requests with a token for this resource that has what the options ask for. With a handler, that
   * handler's `req.auth` is typed; without, `of` reads who is there.
   *
   * @see [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068.html#section-4)
   */
  protect<
    K extends keyof R & string,
    const O extends ProtectOptions<ScopeOf<R, K>> = Record<never, never>,
    P = Request['params'],
  >(
    resource: K,
    options?: O & NothingElse<O>,
    handler?: ProtectedHandler<AuthFor<O>, P>,
  ): RequestHandler<P>;

  /** Who makes a request that passed `protect` of this guard; the last one, when it passed several. */
  of(req: IncomingMessage): Auth | undefined;

  /**
   * `protect` for other frameworks. Throws a `GuardError` that has the status, headers and body to answer.
   *
   * @param token what follows `Bearer` in the Authorization header, nothing when there is none
   */
  verify<
    K extends keyof R & string,
    const O extends ProtectOptions<ScopeOf<R, K>> = Record<never, never>,
  >(resource: K, token: string | undefined, options?: O & NothingElse<O>): Promise<AuthFor<O>>;

  /**
   * Serves the metadata of all resources. Mount it at the root of the app: `app.use(guard.metadata())`.
   *
   * @see [RFC 9728 §3](https://www.rfc-editor.org/rfc/rfc9728.html#section-3)
   */
  metadata(): RequestHandler;

  /**
   * The metadata document of one resource and its URL, to serve elsewhere.
   *
   * @see [RFC 9728 §2](https://www.rfc-editor.org/rfc/rfc9728.html#section-2)
   */
  metadataFor(resource: keyof R & string): {
    readonly url: string;
    readonly body: ProtectedResourceMetadata;
  };
}

const processWarnings: GuardLogger = {
  debug: () => {},
  warn: (message, { cause, resource }) =>
    process.emitWarning(`${message} (${resource}): ${cause}`, 'GatehouseWarning'),
};

/**
 * Makes the guard of an API.
 *
 * @example
 * ```ts
 * const api = 'https://acme.example/api';
 * const guard = createGuard({
 *   issuer: 'https://acme.example/auth',
 *   resources: { [api]: { scopes: { 'notes:read': 'Read your notes' } } },
 * });
 * app.get('/notes', guard.protect(api, { scope: 'notes:read' }, (req, res) => res.json(notesOf(req.auth.accountId))));
 * ```
 * @group resource
 * @see [RFC 6750](https://www.rfc-editor.org/rfc/rfc6750.html)
 * @see [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068.html#section-4)
 */
export function createGuard<const R extends GuardResources>(options: GuardOptions<R>): Guard<R> {
  checkGuardOptions(options);
  const { issuer } = options;
  const resources = new Map<string, GuardResources[string]>(Object.entries(options.resources));
  const verifier = createVerifier({
    issuer,
    source: options.source ?? remoteSource({ issuer }),
    cacheSize: options.cacheSize ?? 5000,
    clockToleranceSeconds: options.clockToleranceSeconds ?? 5,
    logger: options.logger ?? processWarnings,
    clock: options.clock ?? (() => Date.now() / 1000),
  });
  // Not a property of the request alone, which any middleware could have set.
  const passed = new WeakMap<IncomingMessage, Auth>();
  const remember = (req: IncomingMessage, auth: Auth): void => void passed.set(req, auth);

  const documents = new Map(
    [...resources].map(([resource, declared]) => [
      resource,
      {
        url: protectedResourceUrl(resource),
        body: protectedResourceMetadata(issuer, resource, declared),
      },
    ]),
  );

  return Object.freeze<Guard<R>>({
    protect: (resource, options, handler) =>
      protect(createRoute(resources, resource, options), verifier, remember, handler),
    of: (req) => passed.get(req),
    async verify<O>(resource: string, token: string | undefined, options?: ProtectOptions) {
      const auth = await verifier.verifyToken(token, createRoute(resources, resource, options));
      return auth as AuthFor<O>; // the check of the kind made it so
    },
    metadata: () => serveMetadata([...documents.values()]),
    metadataFor(resource) {
      const document = documents.get(resource);
      if (document === undefined) {
        throw new TypeError(`"${resource}" is not a resource of this guard`);
      }
      return document;
    },
  });
}
