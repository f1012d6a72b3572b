import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Auth } from './auth.js';
import type { Verifier } from './create-verifier.js';
import { GuardError } from './guard-error.js';
import { refuse } from './refuse.js';
import type { Route } from './route.js';

/**
 * A route handler that knows who makes the request.
 *
 * @group resource
 */
export type ProtectedHandler<A extends Auth = Auth, P = Request['params']> = (
  req: Request<P> & { readonly auth: A },
  res: Response,
  next: NextFunction,
) => unknown;

/** The middleware of one route. */
export function protect<P>(
  route: Route,
  { verifyRequest }: Verifier,
  remember: (req: IncomingMessage, auth: Auth) => void,
  handler: ProtectedHandler<never, P> | undefined,
): RequestHandler<P> {
  return async (req, res, next) => {
    let auth: Auth;
    try {
      auth = await verifyRequest(req, route);
    } catch (error) {
      if (error instanceof GuardError && !res.headersSent) refuse(res, error);
      else next(error);
      return;
    }
    remember(req, auth);
    if (handler === undefined) {
      next();
      return;
    }
    try {
      // Defined, not assigned: another library's setter on the prototype must not see it or swallow it.
      Object.defineProperty(req, 'auth', {
        value: auth,
        configurable: true,
        enumerable: true,
        writable: true,
      });
      await handler(req as typeof req & { readonly auth: never }, res, next);
    } catch (error) {
      next(error); // Express 4 does not look at the promise of a handler
    }
  };
}
