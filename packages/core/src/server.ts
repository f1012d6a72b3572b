import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Guard } from '@gatehouse/guard';
import type { RequestHandler } from 'express';
import type { Health } from './app/health.js';
import type { PurgeOptions } from './app/purge.js';
import { assemble } from './assemble.js';
import type { ManagedClients } from './authorize/managed-clients.js';
import type { ResourcesOptions } from './authorize/options.js';
import { checkOptions } from './check-options.js';
import type { EventListener, EventName } from './events.js';
import type { ManagedGrants } from './issue/managed-grants.js';
import type { ManagedSessions } from './issue/sessions.js';
import type { ManagedKeys } from './issue/options.js';
import type { RevokeTarget } from './issue/revoke-target.js';
import type { ServerOptions } from './options.js';

/**
 * Members that plugins add to the server, e.g. `passwords` of `@gatehouse/login-password`. A plugin package declares its own by
 * declaration merging.
 */
// biome-ignore lint/suspicious/noEmptyInterface: plugin packages merge into it
export interface ServerExtensions {}

/** A running authorization server. */
export interface AuthorizationServer<Resources extends ResourcesOptions> {
  /** The issuer identifier. */
  readonly issuer: string;
  /** The mount: `app.use(auth.routes())` answers the issuer's path and the well-known documents, and passes the rest on. */
  routes(): RequestHandler;
  /** Protects a route of an API in this process. */
  readonly protect: Guard<Resources>['protect'];
  /** Who makes a request that passed `protect`. */
  of(req: IncomingMessage): ReturnType<Guard<Resources>['of']>;
  /** Clients as data: those of the options, and those made while the server runs. */
  readonly clients: ManagedClients;
  /** Signing keys: those that the server makes, and those of the options. */
  readonly keys: ManagedKeys;
  /** Grants: one for each browser session of an account at a client. */
  readonly grants: ManagedGrants;
  /** Browser sessions: one for each login of an account in a browser. */
  readonly sessions: ManagedSessions;
  /**
   * Logs the browser of a request out here: for the host's own logout route. Its sessions end with the grants that do not outlive
   * them, and the reply takes its cookies away. Call it before the reply is sent.
   */
  logOut(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Ends all that an account, client, grant or session has. */
  revoke(target: RevokeTarget): Promise<void>;
  /** Listens to events; returns how to stop. */
  on<Name extends EventName>(name: Name, listener: EventListener<Name>): () => void;
  /** Whether the server can serve: for a load balancer's probe. */
  health(): Promise<Health>;
  /**
   * Removes records past their expiry, in bounded batches, until none is left or the time is up. Stores that sweep by themselves
   * need it only to be tidy sooner.
   *
   * @returns how many were removed
   */
  purge(options?: PurgeOptions): Promise<{ readonly removed: number }>;
  /** Takes no more requests, finishes those that run (for ten seconds at most), then closes the store. */
  close(): Promise<void>;
}

/**
 * Makes an authorization server of an existing backend. Every mistake in the options is reported at once.
 *
 * @throws {ConfigurationError} `ERR_OPTIONS_INVALID`, `ERR_PLUGIN_INVALID`, `ERR_UNSAFE_PRODUCTION` or `ERR_SECRET_WRONG`
 */
export async function createAuthorizationServer<const Resources extends ResourcesOptions, Account>(
  options: ServerOptions<Account, Resources>,
): Promise<AuthorizationServer<Resources> & ServerExtensions> {
  const resolved = checkOptions(options, process.env);
  return (await assemble(resolved)) as AuthorizationServer<Resources> & ServerExtensions;
}
