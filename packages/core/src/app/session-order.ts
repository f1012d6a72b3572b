import type { IncomingMessage } from 'node:http';
import { ConfigurationError } from '../errors.js';

const sessionLayers: ReadonlySet<string> = new Set(['session', '_cookieSession', 'cookieSession']);

interface Layer {
  readonly handle?: unknown;
  readonly name?: string;
}

interface WithApp {
  readonly app?: {
    readonly router?: { readonly stack?: readonly Layer[] };
    readonly _router?: { readonly stack?: readonly Layer[] };
  };
}

/**
 * Says so when the host's session middleware stands behind the mount: its login could never be seen, and everybody would be
 * asked to log in again.
 *
 * @throws {ConfigurationError} `ERR_SESSION_MIDDLEWARE_ORDER`
 */
export function checkSessionOrder(req: IncomingMessage, mount: unknown): void {
  const { app } = req as WithApp;
  // Express 4 has `_router`, and a `router` getter that throws.
  const stack = (app?._router ?? (app && !('_router' in app) ? app.router : undefined))?.stack;
  if (!stack) return;
  const ours = stack.findIndex(({ handle }) => handle === mount);
  const session = stack.findIndex(({ name }) => name !== undefined && sessionLayers.has(name));
  if (ours === -1 || session < ours) return;
  throw new ConfigurationError('ERR_SESSION_MIDDLEWARE_ORDER', [
    {
      path: 'accounts.fromRequest',
      message:
        'cannot see the login: app.use(auth.routes()) stands before your session middleware. Move it behind app.use(session(…)).',
    },
  ]);
}
