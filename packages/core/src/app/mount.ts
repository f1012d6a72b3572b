import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { EngineEndpoints } from '../engine/endpoints.js';
import { pageMessage } from '../interaction/page-messages.js';
import type { Responder } from '../interaction/responder.js';
import type { RouteDefinition } from '../plugin.js';
import type { Activity } from './activity.js';
import { type Document, sendDocument } from './document.js';
import type { Logger } from './logger.js';
import { asksForMethods, tellMethods } from './options-request.js';
import { createProxyCheck } from './proxy-check.js';
import {
  type MatchedRoute,
  matchRoute,
  metadataPath,
  oauthRoutes,
  openidRoutes,
  pushedRoutes,
  type RouteName,
} from './routes.js';
import { sendError } from './send-error.js';
import { checkSessionOrder } from './session-order.js';

/** What the mount hands requests to. */
export interface MountParts {
  readonly origin: string;
  readonly mountPath: string;
  readonly endpoints: EngineEndpoints;
  readonly responder: Responder;
  readonly metadata: Document;
  readonly jwks: () => Promise<Document>;
  readonly pluginRoutes: readonly RouteDefinition[];
  /** RFC 9728 documents by path. */
  readonly resourceMetadata: (req: IncomingMessage, res: ServerResponse, path: string) => boolean;
  readonly usesHostSession: boolean;
  readonly hasPushedRequests: boolean;
  readonly activity: Activity;
  readonly logger: Logger;
}

/** A request as Express hands it on. */
interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string;
  readonly baseUrl?: string;
}

/** One request, on its way in. */
interface Incoming {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  readonly query: string;
}

/**
 * The one middleware of the server. It answers the issuer's path and the well-known documents and passes everything else on.
 * Paths come from the request line, everything else about a URL from the issuer.
 */
export function createMount(parts: MountParts): RequestHandler {
  const pluginPaths = methodsByPath(parts.pluginRoutes);
  const fixed = {
    ...(parts.endpoints.userinfo ? openidRoutes : oauthRoutes),
    ...(parts.hasPushedRequests ? pushedRoutes : {}),
  };
  const checkProxy = createProxyCheck(parts.logger);
  let checkedOrder = !parts.usesHostSession;
  let checkedPlace = false;

  const mount: RequestHandler = (req, res, next) => {
    // The whole path, whatever the host stripped from it.
    const target = splitTarget(req.originalUrl ?? req.url);
    if (!checkedPlace) checkPlace(req);
    checkedPlace = true;
    if (parts.resourceMetadata(req, res, target.path)) return;
    const route = matchRoute(target.path, parts.mountPath, pluginPaths, fixed);
    if (!route) return next();
    if (!checkedOrder) {
      checkSessionOrder(req, mount);
      checkedOrder = true;
    }
    checkProxy(req);
    if (!parts.activity.isOpen) return refuseLate({ req, res, ...target }, route);
    parts.activity.run(() => answer({ req, res, ...target }, route)).catch(next);
  };

  async function answer(incoming: Incoming, route: MatchedRoute): Promise<void> {
    const { req, res } = incoming;
    const method = req.method === 'HEAD' ? 'GET' : (req.method ?? 'GET');
    if (!route.methods.includes(method)) return refuseMethod(incoming, route);
    if (asksForMethods(req)) return tellMethods(res, allowedBy(route));
    switch (route.name) {
      case 'metadata':
        return sendDocument(req, res, parts.metadata);
      case 'jwks':
        return sendDocument(req, res, await parts.jwks());
      case 'userinfo':
        return parts.endpoints.userinfo?.(incoming);
      case 'logout':
        return parts.endpoints.logout?.(incoming);
      case 'authorize':
        if (method === 'POST') return parts.endpoints.authorizeByForm(incoming);
        return parts.endpoints.authorize(incoming, route.rest);
      case 'resume':
        return parts.endpoints.authorize(incoming, route.rest);
      case 'token':
      case 'revoke':
      case 'introspect':
      case 'par':
        return parts.endpoints.machine(incoming, route.name);
      case 'interaction':
        return parts.endpoints.interaction(incoming, route.rest);
      case 'plugin':
        return plugin(incoming, route.rest, method);
    }
  }

  async function plugin(incoming: Incoming, path: string, method: string): Promise<void> {
    const found = parts.pluginRoutes.find((one) => one.path === path && one.method === method);
    if (found) await parts.endpoints.plugin(incoming, found.handle);
  }

  // A server that is stopping: another node, or the next process, answers in a moment.
  function refuseLate({ req, res }: Incoming, { name }: MatchedRoute): void {
    res.setHeader('Retry-After', '1');
    // On the same connection it would come back here.
    res.setHeader('Connection', 'close');
    if (forPrograms.has(name)) {
      sendError(res, 503, 'temporarily_unavailable', 'the server is stopping, try again');
    } else {
      parts.responder.page(req, res, pageMessage({ kind: 'unavailable', retryAfterSeconds: 1 }));
    }
  }

  function refuseMethod({ req, res }: Incoming, route: MatchedRoute): void {
    const allowed = allowedBy(route);
    res.setHeader('Allow', allowed);
    if (forPrograms.has(route.name)) {
      sendError(res, 405, 'invalid_request', `the endpoint takes ${allowed}`);
    } else {
      parts.responder.page(req, res, pageMessage({ kind: 'method_not_allowed' }));
    }
  }

  // Below another path the mount is never asked for what lies outside of it, and nobody would see why.
  function checkPlace({ baseUrl = '' }: ExpressRequest): void {
    const ours = [`${metadataPath}${parts.mountPath}`, `${parts.mountPath}/`];
    const unseen = ours.filter((path) => !path.startsWith(`${baseUrl}/`));
    if (unseen.length === 0) return;
    parts.logger.warn(
      { baseUrl },
      `auth.routes() stands under the path ${baseUrl} and never sees ${unseen.join(' and ')}. Write app.use(auth.routes()), without a path.`,
    );
  }

  return mount;
}

const forPrograms: ReadonlySet<RouteName> = new Set([
  'token',
  'revoke',
  'introspect',
  'par',
  'userinfo',
  'jwks',
  'metadata',
]);

function allowedBy({ methods }: MatchedRoute): string {
  return (methods.includes('GET') ? [...methods, 'HEAD'] : methods).join(', ');
}

// The request target may be in absolute form; only its path counts.
function splitTarget(target: string): { path: string; query: string } {
  const relative = target.startsWith('/') ? target : target.replace(/^[a-z]+:\/\/[^/?#]*/i, '');
  const at = relative.indexOf('?');
  const path = at === -1 ? relative : relative.slice(0, at);
  return { path: path === '' ? '/' : path, query: at === -1 ? '' : relative.slice(at + 1) };
}

function methodsByPath(routes: readonly RouteDefinition[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const { path, method } of routes) paths.set(path, [...(paths.get(path) ?? []), method]);
  return paths;
}
