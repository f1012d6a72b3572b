import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { EngineEndpoints } from '../engine/endpoints.js';
import { pageMessage } from '../interaction/page-messages.js';
import type { Responder } from '../interaction/responder.js';
import type { RouteDefinition } from '../plugin.js';
import { type Document, sendDocument } from './document.js';
import { readFields } from './read-fields.js';
import { type MatchedRoute, matchRoute } from './routes.js';
import { checkSessionOrder } from './session-order.js';

/** What the mount hands requests to. */
export interface MountParts {
  readonly origin: string;
  readonly mountPath: string;
  readonly endpoints: EngineEndpoints;
  readonly responder: Responder;
  readonly metadata: Document;
  readonly jwks: Document;
  readonly pluginRoutes: readonly RouteDefinition[];
  /** RFC 9728 documents by path. */
  readonly resourceMetadata: (req: IncomingMessage, res: ServerResponse, path: string) => boolean;
  readonly usesHostSession: boolean;
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
  let checkedOrder = !parts.usesHostSession;

  const mount: RequestHandler = (req, res, next) => {
    const target = splitTarget((req as { originalUrl?: string }).originalUrl ?? req.url);
    if (parts.resourceMetadata(req, res, target.path)) return;
    const route = matchRoute(target.path, parts.mountPath, pluginPaths);
    if (!route) return next();
    if (!checkedOrder) {
      checkSessionOrder(req, mount);
      checkedOrder = true;
    }
    answer({ req, res, ...target }, route).catch(next);
  };

  async function answer(incoming: Incoming, route: MatchedRoute): Promise<void> {
    const { req, res } = incoming;
    const method = req.method === 'HEAD' ? 'GET' : (req.method ?? 'GET');
    if (!route.methods.includes(method)) return refuseMethod(incoming, route);
    switch (route.name) {
      case 'metadata':
        return sendDocument(req, res, parts.metadata);
      case 'jwks':
        return sendDocument(req, res, parts.jwks);
      case 'authorize':
      case 'resume':
        return parts.endpoints.authorize(incoming, route.rest);
      case 'token':
      case 'revoke':
      case 'introspect':
        return parts.endpoints.machine(incoming, route.name);
      case 'interaction':
        return parts.endpoints.interaction(incoming, route.rest);
      case 'plugin':
        return plugin(incoming, route.rest);
    }
  }

  async function plugin({ req, res }: Incoming, path: string): Promise<void> {
    const method = req.method === 'HEAD' ? 'GET' : req.method;
    const found = parts.pluginRoutes.find((one) => one.path === path && one.method === method);
    const body = method === 'POST' ? await readFields(req) : undefined;
    if (typeof body === 'string') {
      return parts.responder.page(req, res, pageMessage({ kind: 'invalid_request' }));
    }
    await found?.handle({ req, res, fields: body?.fields ?? new Map() });
  }

  function refuseMethod({ req, res }: Incoming, { methods }: MatchedRoute): void {
    const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    res.setHeader('Allow', allowed.join(', '));
    parts.responder.page(req, res, pageMessage({ kind: 'method_not_allowed' }));
  }

  return mount;
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
