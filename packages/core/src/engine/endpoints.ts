import type { IncomingMessage, ServerResponse } from 'node:http';
import { applyPageHeaders } from '../app/page-headers.js';
import { type BodyFault, readFields } from '../app/read-fields.js';
import { sendError } from '../app/send-error.js';
import type { ClientLimits } from '../authorize/client-limits.js';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import { pageMessage } from '../interaction/page-messages.js';
import type { PageRequest, Pipeline, PipelineReply } from '../interaction/pipeline.js';
import type { Responder } from '../interaction/responder.js';
import type { SigningKeys } from '../issue/keys.js';
import { type Store, StoreConflict } from '../store.js';
import { authorizationQuery } from './authorization-query.js';
import { credentialsOf, withoutEmptySecret } from './client-credentials.js';
import { retryAfterSeconds } from './commit-reply.js';
import { enginePaths } from './engine-paths.js';
import { engineRequest } from './engine-request.js';
import { presentJwt } from './presented-jwt.js';
import type { RecordCodec } from './records.js';
import { createUnitOfWork, inUnitOfWork, type UnitOfWork } from './unit-of-work.js';

/** A request that the mount has taken in. */
export interface EndpointRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  readonly query: string;
}

/** The endpoints behind the mount, each in its own unit of work. */
export interface EngineEndpoints {
  authorize(request: EndpointRequest, uid: string): Promise<void>;
  machine(request: EndpointRequest, name: 'token' | 'revoke' | 'introspect'): Promise<void>;
  interaction(request: EndpointRequest, rest: string): Promise<void>;
}

/** What the endpoints need. */
export interface EndpointParts {
  readonly issuer: string;
  readonly origin: string;
  readonly mountPath: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly codec: RecordCodec;
  readonly keys: SigningKeys;
  readonly limits: ClientLimits;
  readonly pipeline: Pipeline;
  readonly responder: Responder;
  /** The engine's own request handler. */
  readonly run: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  /** Brings the host's own login in, before the engine looks. */
  readonly syncHostSession: (
    req: IncomingMessage,
    engineReq: IncomingMessage,
    res: ServerResponse,
  ) => Promise<void>;
}

const machinePaths = {
  token: enginePaths.token,
  revoke: enginePaths.revocation,
  introspect: enginePaths.introspection,
} as const;

/** Makes the endpoints. */
export function createEndpoints(parts: EndpointParts): EngineEndpoints {
  const { origin, mountPath } = parts;

  function open(selfUrl: string): UnitOfWork {
    const unit = createUnitOfWork(parts.store, parts.clock);
    unit.notes.selfUrl = selfUrl;
    return unit;
  }

  async function interact(request: PageRequest, unit: UnitOfWork): Promise<PipelineReply> {
    try {
      const reply = await parts.pipeline(request);
      await unit.commit();
      return reply;
    } catch (error) {
      if (error instanceof StoreConflict) return { redirect: unit.notes.selfUrl ?? '' };
      if (unit.failure === undefined) throw error;
      const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      parts.events.emit('store.failed', { route: 'interaction', detail }, unit.requestId);
      return { view: pageMessage({ kind: 'unavailable', retryAfterSeconds }) };
    }
  }

  return {
    async authorize({ req, res, path, query }, uid) {
      const unit = open(`${origin}${path}${query === '' ? '' : `?${query}`}`);
      const search = uid === '' ? authorizationQuery(query) : '';
      const url = `${path.slice(mountPath.length)}${search === '' ? '' : `?${search}`}`;
      const engineReq = engineRequest(req, { method: req.method ?? 'GET', url, origin, mountPath });
      // Also on redirects: a popup whose navigation passes a page with an opener policy cannot report back to its opener.
      applyPageHeaders(res, { nonce: '' });
      await inUnitOfWork(unit, async () => {
        try {
          await parts.syncHostSession(req, engineReq, res);
        } catch (error) {
          if (unit.failure === undefined) throw error;
          const view = pageMessage({ kind: 'unavailable', retryAfterSeconds });
          return parts.responder.page(req, res, view);
        }
        await parts.run(engineReq, res);
      });
    },

    async machine({ req, res, path }, name) {
      const route = machinePaths[name];
      const unit = open(`${origin}${path}`);
      for (const header of res.getHeaderNames()) {
        // The host's cors() would let any page read tokens; ours goes by client and origin.
        if (header.startsWith('access-control-')) res.removeHeader(header);
      }
      if (req.method === 'OPTIONS') {
        const engineReq = engineRequest(req, { method: 'OPTIONS', url: route, origin, mountPath });
        return inUnitOfWork(unit, () => parts.run(engineReq, res));
      }
      const body = await readFields(req);
      const fault = typeof body === 'string' ? body : body.isJson ? 'unsupported_type' : undefined;
      if (typeof body === 'string' || fault) {
        const [status, description] = bodyFaults[fault ?? 'malformed'];
        return sendError(res, status, 'invalid_request', description);
      }
      const address = addressOf(req);
      const { authorization, text } = withoutEmptySecret(req.headers.authorization, body.text);
      const clientId = credentialsOf(authorization, body.fields);
      const waits = await parts.limits.check(clientId, address);
      if (waits !== undefined) {
        parts.events.emit('client.limited', { clientId, retryAfterSeconds: waits }, unit.requestId);
        res.setHeader('Retry-After', String(waits));
        return sendError(res, 429, 'temporarily_unavailable', 'too many failed attempts, wait');
      }
      await inUnitOfWork(unit, async () => {
        let form = text;
        if (name !== 'token') {
          const token = body.fields.get('token');
          if (token !== undefined) form = replaceParam(text, 'token', await present(unit, token));
        }
        const engineReq = engineRequest(req, {
          method: 'POST',
          url: route,
          origin,
          mountPath,
          body: form,
          // Errors of these endpoints are for programs, whatever the caller accepts.
          headers: { accept: 'application/json', authorization, 'content-type': urlencoded },
        });
        await parts.run(engineReq, res);
      });
      if (res.statusCode === 401) await parts.limits.failed(clientId, address);
    },

    async interaction({ req, res, path, query }, rest) {
      const [uid = '', more = ''] = rest.split('/');
      const unit = open(`${parts.issuer}/interaction/${uid}`);
      const url = path.slice(mountPath.length);
      const engineReq = engineRequest(req, { method: req.method ?? 'GET', url, origin, mountPath });
      const form = req.method === 'POST' ? await readFields(req) : undefined;
      if (typeof form === 'string') {
        return parts.responder.page(req, res, pageMessage({ kind: 'invalid_request' }));
      }
      const request: PageRequest = {
        req,
        engineReq,
        res,
        uid,
        rest: more,
        address: addressOf(req),
        query: new Map(new URLSearchParams(query)),
        ...(form ? { form } : {}),
      };
      const reply = await inUnitOfWork(unit, () => interact(request, unit));
      if ('redirect' in reply) return parts.responder.redirect(req, res, reply.redirect);
      parts.responder.page(req, res, reply.view, reply.form);
    },
  };

  async function present(unit: UnitOfWork, token: string): Promise<string> {
    try {
      return await presentJwt(unit, token, parts);
    } catch (error) {
      // The store is out of reach: the commit around the engine says so to the client.
      if (unit.failure !== undefined) return token;
      throw error;
    }
  }
}

const urlencoded = 'application/x-www-form-urlencoded';

const bodyFaults: Readonly<Record<BodyFault, readonly [status: number, description: string]>> = {
  too_large: [413, 'the request body is too large'],
  unsupported_type: [400, `the body must be ${urlencoded}`],
  malformed: [400, `the body must be ${urlencoded}`],
  already_read: [400, 'the request body was read before it came here'],
};

/** The caller's address by the host's `trust proxy`. */
function addressOf(req: IncomingMessage): string {
  return (req as { ip?: string }).ip ?? req.socket.remoteAddress ?? '';
}

function replaceParam(text: string, name: string, value: string): string {
  const params = new URLSearchParams(text);
  // A repeated parameter stays repeated: the engine refuses it.
  if (params.getAll(name).length === 1) params.set(name, value);
  return params.toString();
}
