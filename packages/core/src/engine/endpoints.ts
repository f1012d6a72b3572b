import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressOf } from '../app/address-of.js';
import { applyPageHeaders } from '../app/page-headers.js';
import { type BodyFault, readFields } from '../app/read-fields.js';
import { pageMessage } from '../interaction/page-messages.js';
import type { PageRequest, Pipeline, PipelineReply } from '../interaction/pipeline.js';
import { type Responder, wantsJson } from '../interaction/responder.js';
import { StoreConflict } from '../store.js';
import { authorizationQuery } from './authorization-query.js';
import { retryAfterSeconds, storeFailure } from './answer-unavailable.js';
import { engineRequest } from './engine-request.js';
import type { SyncMoment } from './host-session.js';
import {
  createMachineEndpoint,
  type MachineEndpoint,
  type MachineEndpointParts,
} from './machine-endpoint.js';
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
  readonly machine: MachineEndpoint;
  interaction(request: EndpointRequest, rest: string): Promise<void>;
}

/** What the endpoints need. */
export interface EndpointParts extends MachineEndpointParts {
  readonly pipeline: Pipeline;
  readonly responder: Responder;
  /** Whether a resource or a plugin declares the scope. */
  readonly isScopeKnown: (scope: string) => boolean;
  /** Brings the host's own login in, before the engine looks. */
  readonly syncHostSession: (
    req: IncomingMessage,
    engineReq: IncomingMessage,
    res: ServerResponse,
    moment: SyncMoment,
  ) => Promise<void>;
}

/** Makes the endpoints. */
export function createEndpoints(parts: EndpointParts): EngineEndpoints {
  const { origin, mountPath } = parts;

  function open(selfUrl: string): UnitOfWork {
    const unit = createUnitOfWork(parts.store, parts.clock);
    unit.notes.selfUrl = selfUrl;
    return unit;
  }

  // What the host's functions throw is for its log; a person gets a page that says how to go on.
  function failed(error: unknown, route: string, unit: UnitOfWork): PipelineReply {
    if (unit.failure === undefined) {
      parts.logger.error({ error }, 'a request failed');
      return { view: { ...pageMessage({ kind: 'unavailable' }), status: 500 } };
    }
    parts.events.emit('store.failed', storeFailure(route, error), unit.requestId);
    return { view: pageMessage({ kind: 'unavailable', retryAfterSeconds }) };
  }

  function send({ req, res }: EndpointRequest, reply: PipelineReply): void {
    if ('redirect' in reply) parts.responder.redirect(req, res, reply.redirect);
    else parts.responder.page(req, res, reply.view, reply.form);
  }

  async function interact(request: PageRequest, selfUrl: string): Promise<PipelineReply> {
    for (let tries = 0; tries < 2; tries += 1) {
      const unit = open(selfUrl);
      try {
        return await inUnitOfWork(unit, async () => {
          await parts.syncHostSession(request.req, request.engineReq, request.res, 'page');
          const reply = await parts.pipeline.page(request);
          await unit.commit();
          return reply;
        });
      } catch (error) {
        // Another tab, or the same form sent twice: tried again, the request sees what is there now.
        if (!(error instanceof StoreConflict)) return failed(error, 'interaction', unit);
      }
    }
    return { redirect: selfUrl };
  }

  return {
    machine: createMachineEndpoint(parts),

    async authorize(request, uid) {
      const { req, res, path, query } = request;
      const unit = open(`${origin}${path}${query === '' ? '' : `?${query}`}`);
      const search = uid === '' ? authorizationQuery(query, parts.isScopeKnown) : '';
      const url = `${path.slice(mountPath.length)}${search === '' ? '' : `?${search}`}`;
      unit.notes.wantsJson = wantsJson(req);
      const engineReq = engineRequest(req, {
        method: req.method ?? 'GET',
        url,
        origin,
        mountPath,
        // What is not for people comes from the page as JSON: one form of it.
        headers: { accept: 'text/html' },
      });
      // Also on redirects: a popup whose navigation passes a page with an opener policy cannot report back to its opener.
      applyPageHeaders(res, {});
      await inUnitOfWork(unit, async () => {
        let reply: PipelineReply | undefined;
        try {
          const moment = uid === '' ? 'request' : 'page';
          await parts.syncHostSession(req, engineReq, res, moment);
          if (uid !== '') reply = await parts.pipeline.wayBack({ engineReq, res, uid });
          // The host's session may have ended ours.
          if (reply) await unit.commit();
        } catch (error) {
          const conflict = error instanceof StoreConflict && { redirect: unit.notes.selfUrl ?? '' };
          reply = conflict || failed(error, 'authorization', unit);
        }
        if (reply) send(request, reply);
        else await parts.run(engineReq, res);
      });
    },

    async interaction(request, rest) {
      const { req, res, path, query } = request;
      const [uid = '', more = ''] = rest.split('/');
      const url = path.slice(mountPath.length);
      const engineReq = engineRequest(req, { method: req.method ?? 'GET', url, origin, mountPath });
      const form = req.method === 'POST' ? await readFields(req) : undefined;
      if (typeof form === 'string') {
        const view = pageMessage({ kind: 'invalid_request', errorDescription: bodyFaults[form] });
        return send(request, { view: { ...view, status: form === 'too_large' ? 413 : 400 } });
      }
      const page: PageRequest = {
        req,
        engineReq,
        res,
        uid,
        rest: more,
        address: addressOf(req),
        query: new Map(new URLSearchParams(query)),
        ...(form ? { form } : {}),
      };
      send(request, await interact(page, `${parts.issuer}/interaction/${uid}`));
    },
  };
}

const bodyFaults: Readonly<Record<BodyFault, string>> = {
  too_large: 'the form is too large',
  unsupported_type: 'the form must be application/x-www-form-urlencoded or application/json',
  malformed: 'the form cannot be read',
  already_read: 'the form was read before it came here',
};
