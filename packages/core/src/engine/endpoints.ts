import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressOf } from '../app/address-of.js';
import { applyPageHeaders } from '../app/page-headers.js';
import { type BodyFault, type Fields, readFields } from '../app/read-fields.js';
import { isFromElsewhere } from '../interaction/form-check.js';
import { pageMessage } from '../interaction/page-messages.js';
import type { PageRequest, Pipeline, PipelineReply } from '../interaction/pipeline.js';
import { type Responder, wantsJson } from '../interaction/responder.js';
import type { RouteDefinition, RouteReply } from '../plugin.js';
import type { Secrets } from '../secrets.js';
import { StoreConflict } from '../store.js';
import { emitFailure, retryAfterSeconds } from './answer-unavailable.js';
import type { Exchange } from './browser-accounts.js';
import { engineRequest } from './engine-request.js';
import type { SyncMoment } from './host-session.js';
import {
  createMachineEndpoint,
  type MachineEndpoint,
  type MachineEndpointParts,
} from './machine-endpoint.js';
import type { LogoutRequest } from './openid-logout.js';
import type { OpenidProtocol } from './openid-protocol.js';
import { longestForm, openForm, sealForm } from './posted-form.js';
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
  /** A POST to the authorization endpoint. */
  authorizeByForm(request: EndpointRequest): Promise<void>;
  readonly machine: MachineEndpoint;
  /** Only there with OpenID Connect. */
  userinfo?(request: EndpointRequest): Promise<void>;
  /** Only there with OpenID Connect. */
  logout?(request: EndpointRequest): Promise<void>;
  interaction(request: EndpointRequest, rest: string): Promise<void>;
  /** A route of a plugin's. */
  plugin(request: EndpointRequest, handle: RouteDefinition['handle']): Promise<void>;
}

/** What the endpoints need. */
export interface EndpointParts extends MachineEndpointParts {
  readonly pipeline: Pipeline;
  readonly responder: Responder;
  readonly secrets: Secrets;
  readonly openid?: Pick<OpenidProtocol, 'createUserinfo' | 'logoutQuery'> & {
    readonly logout: (request: LogoutRequest) => Promise<PipelineReply>;
  };
  /** Brings the browser's session into the state that the engine shall see. */
  readonly prepareSession: (
    req: IncomingMessage,
    exchange: Exchange,
    moment: SyncMoment,
  ) => Promise<void>;
}

/** Makes the endpoints. */
export function createEndpoints(parts: EndpointParts): EngineEndpoints {
  const { origin, mountPath, secrets } = parts;

  function open(selfUrl: string, milliseconds?: number): UnitOfWork {
    const unit = createUnitOfWork(parts.store, parts.clock, milliseconds);
    unit.notes.selfUrl = selfUrl;
    return unit;
  }

  // What the host's functions throw is for its log; a person gets a page that says how to go on.
  function failed(error: unknown, route: string, unit: UnitOfWork): PipelineReply {
    if (unit.failure === undefined) {
      parts.logger.error({ error }, 'a request failed');
      return { view: { ...pageMessage({ kind: 'unavailable' }), status: 500 } };
    }
    emitFailure(parts.events, route, error, unit.requestId);
    return { view: pageMessage({ kind: 'unavailable', retryAfterSeconds }) };
  }

  function send({ req, res }: EndpointRequest, reply: PipelineReply): void {
    if ('redirect' in reply) parts.responder.redirect(req, res, reply.redirect);
    else parts.responder.page(req, res, reply.view, reply.form);
  }

  async function attempt(
    route: 'interaction' | 'logout',
    { req, engineReq, res }: Pick<PageRequest, 'req' | 'engineReq' | 'res'>,
    selfUrl: string,
    task: () => Promise<PipelineReply>,
  ): Promise<PipelineReply> {
    let left: number | undefined;
    for (let tries = 0; tries < 2; tries += 1) {
      const unit = open(selfUrl, left);
      try {
        return await inUnitOfWork(unit, async () => {
          await parts.prepareSession(req, { engineReq, res }, 'page');
          const reply = await task();
          await unit.commit();
          return reply;
        });
      } catch (error) {
        // Another tab, or the same form sent twice: tried again, the request sees what is there now.
        if (!(error instanceof StoreConflict)) return failed(error, route, unit);
        left = unit.left();
      }
    }
    return { redirect: selfUrl };
  }

  // To a POST from another site a browser adds no Lax cookies; to the GET that this answer makes it adds them.
  function askAgain(
    request: EndpointRequest,
    form: Fields,
    read: (params: URLSearchParams) => URLSearchParams = (params) => params,
  ): void {
    // Written anew: what a body may hold, a line break too, no header can.
    const given = new URLSearchParams([request.query, form.text].filter(Boolean).join('&'));
    const search = read(given).toString();
    if (form.isJson) sendBodyFault(request, 'unsupported_type');
    else if (search.length > longestForm) sendBodyFault(request, 'too_large');
    else {
      const query = sealForm(secrets, request.path, search, parts.clock.now());
      send(request, { redirect: `${origin}${request.path}?${query}` });
    }
  }

  async function formOf(request: EndpointRequest): Promise<Fields | undefined | 'answered'> {
    if (request.req.method !== 'POST') return undefined;
    const form = await readFields(request.req);
    if (typeof form !== 'string') return form;
    sendBodyFault(request, form);
    return 'answered';
  }

  function sendBodyFault(request: EndpointRequest, fault: BodyFault): void {
    const { view } = refusal(bodyFaults[fault]);
    send(request, { view: { ...view, status: fault === 'too_large' ? 413 : 400 } });
  }

  async function readQuery(
    { req, res, path, query }: EndpointRequest,
    uid: string,
    unit: UnitOfWork,
  ): Promise<string | PipelineReply> {
    if (uid !== '') return '';
    const opened = openForm(secrets, path, query, parts.clock.now());
    if (opened === undefined) return refusal(notOurForm);
    try {
      return await parts.requests.query(opened, req, res);
    } catch (error) {
      return failed(error, 'authorization', unit);
    }
  }

  async function logOut(
    request: EndpointRequest,
    { logout, logoutQuery }: NonNullable<EndpointParts['openid']>,
  ): Promise<void> {
    const { req, res, path, query } = request;
    const form = await formOf(request);
    if (form === 'answered') return;
    // From a client, and not from our own page. Threat: any site can post the fields of that page, and the answer, made without the
    // cookie, would tell the person that they are signed out while they are not.
    const isOurs = form?.fields.has('csrf') && !isFromElsewhere(req, origin);
    if (form && !form.isJson && !isOurs) return askAgain(request, form, logoutQuery);
    const url = path.slice(mountPath.length);
    const engineReq = engineRequest(req, { method: req.method ?? 'GET', url, origin, mountPath });
    const opened = openForm(secrets, path, query, parts.clock.now());
    if (opened === undefined) return send(request, refusal(notOurForm));
    const params = new URLSearchParams(form ? [...form.fields] : opened);
    const given = { req, engineReq, res, params, ...(form ? { form } : {}) };
    const again = logoutQuery(params);
    // A token has no place in an address that we make.
    again.delete('id_token_hint');
    const selfUrl = `${origin}${path}?${form ? again : query}`;
    const reply = await attempt('logout', given, selfUrl, () => logout(given));
    if (!res.headersSent) return send(request, reply);
    parts.logger.error({}, 'accounts.endHostSession() answered the request: it must not');
  }

  const { openid } = parts;
  return {
    machine: createMachineEndpoint(parts),
    ...(openid && {
      userinfo: openid.createUserinfo(parts),
      logout: (request) => logOut(request, openid),
    }),

    // OpenID Connect Core §3.1.2.1
    async authorizeByForm(request) {
      const form = await formOf(request);
      if (form !== 'answered' && form !== undefined) askAgain(request, form);
    },

    async authorize(request, uid) {
      const { req, res, path, query } = request;
      const unit = open(`${origin}${path}${query === '' ? '' : `?${query}`}`);
      const search = await inUnitOfWork(unit, () => readQuery(request, uid, unit));
      if (typeof search !== 'string') return send(request, search);
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
          await parts.prepareSession(req, { engineReq, res }, moment);
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
      const form = await formOf(request);
      if (form === 'answered') return;
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
      const selfUrl = `${parts.issuer}/interaction/${uid}`;
      send(request, await attempt('interaction', page, selfUrl, () => parts.pipeline.page(page)));
    },

    async plugin(request, handle) {
      const { req, res, path, query } = request;
      const form = await formOf(request);
      if (form === 'answered') return;
      const url = `${origin}${path}`;
      // Never committed: a plugin writes through its own store, and what it looks at stays as it is.
      const unit = open(url);
      unit.notes.readsOnly = true;
      const { fields = new Map<string, string>(), isJson = false } = form ?? {};
      try {
        const given = { req, res, url, query: new Map(new URLSearchParams(query)), fields, isJson };
        const reply = await inUnitOfWork(unit, async () => handle(given));
        if (!reply) return;
        send(request, 'redirect' in reply ? reply : viewOf(reply));
      } catch (error) {
        const reply = failed(error, 'plugin', unit);
        if (res.headersSent) res.destroy();
        else send(request, reply);
      }
    },
  };
}

const notOurForm =
  'the address has expired or is none of this server; go back to the app, and begin again';

function refusal(errorDescription: string): Extract<PipelineReply, { readonly view: unknown }> {
  return { view: pageMessage({ kind: 'invalid_request', errorDescription }) };
}

function viewOf({ form, ...view }: Exclude<RouteReply, { redirect: string }>): PipelineReply {
  return { view, ...(form ? { form } : {}) };
}

const bodyFaults: Readonly<Record<BodyFault, string>> = {
  too_large: 'the form is too large',
  too_many_fields: 'the form has too many fields',
  unsupported_type: 'the form must be application/x-www-form-urlencoded or application/json',
  malformed: 'the form cannot be read',
  already_read: 'the form was read before it came here',
};
