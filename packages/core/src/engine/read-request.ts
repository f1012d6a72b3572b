import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeJwt } from 'jose';
import type { ClientDirectory } from '../authorize/clients.js';
import type { Clock } from '../clock.js';
import { OAuthError } from '../errors.js';
import { authorizationQuery, type QueryRules } from './authorization-query.js';
import { pushedKind, pushedPrefix, unusableRequest } from './pushed-requests.js';
import { paramsOf } from './request-view.js';
import { isHandle, type RecordCodec, storedIdOf } from './records.js';
import { openRequestObject } from './request-object.js';
import { unitOfWork } from './unit-of-work.js';

/** What the reader needs. */
export interface RequestReaderParts {
  readonly issuer: string;
  readonly clock: Clock;
  readonly clients: ClientDirectory;
  readonly codec: RecordCodec;
  readonly rules: QueryRules;
  /** Whether requests may come as request objects. */
  readonly requestObjects: boolean;
  /** Whether there are requests that the store has, and the browser names. */
  readonly byReference: boolean;
  /** Looks up the session of the browser, which the engine asks for next. */
  readonly loadSession: (req: IncomingMessage, res: ServerResponse) => Promise<unknown>;
}

/** Brings authorization requests, however they come, into the form that the engine checks: plain parameters. */
export interface RequestReader {
  /** The query of a request to the authorization endpoint, as the engine sees it. */
  query(query: string, req: IncomingMessage, res: ServerResponse): Promise<string>;
  /** The form of a pushed request. `clientId` is who says to be calling. */
  form(text: string, clientId: string): Promise<string>;
}

// RFC 9126 §2, RFC 7521 §4.2: who calls, and not what is asked.
const credentials = ['client_secret', 'client_assertion', 'client_assertion_type'] as const;
// Where an error goes when the request itself cannot be believed, or is not there. All of it is checked against the registration.
const errorParams = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'state',
] as const;

/** Makes the reader. What is wrong with a request is noted, and said by the engine at the place of its errors. */
export function createRequestReader(parts: RequestReaderParts): RequestReader {
  const { issuer, clients, clock, codec, requestObjects, byReference } = parts;

  function engineView(params: URLSearchParams): string {
    const { search, asksOpenid } = authorizationQuery(params.toString(), parts.rules);
    const { notes } = unitOfWork();
    if (asksOpenid) notes.asksOpenid = true;
    // OpenID Connect Core §3.1.2.1: needed, where the engine would take the one that the client has registered.
    if (asksOpenid && !params.get('redirect_uri') && !params.get('request_uri')) {
      notes.requestFault ??= noRedirectUri();
    }
    const [maxAge = '', ...more] = params.getAll('max_age');
    // A repeated one is refused by the engine. What it takes besides for a number (`1e3`, `0x10`, ` 5`) is none.
    if (more.length === 0 && !/^\d{0,15}$/.test(maxAge)) notes.requestFault ??= noMaxAge();
    return search;
  }

  function refuse(fault: OAuthError, params: URLSearchParams, kept: readonly string[]): string {
    unitOfWork().notes.requestFault = fault;
    return engineView(only(params, kept));
  }

  /** The parameters of the request object, if there is one. */
  async function opened(params: URLSearchParams, clientId: string): Promise<URLSearchParams> {
    const [token, ...more] = params.getAll('request');
    // A repeated one is refused by the engine, and so is any when they are off.
    if (!requestObjects || token === undefined || more.length > 0) return params;
    const client = await clients.find(clientId);
    // The engine says that it does not know the client.
    if (!client) return only(params, ['client_id']);
    const inside = await openRequestObject(token, client, { issuer, now: clock.now() });
    const type = params.get('response_type');
    if (type !== null && inside.has('response_type') && inside.get('response_type') !== type) {
      throw otherType();
    }
    unitOfWork().notes.signed = true;
    return inside;
  }

  /** Learns what the engine asks about the client before it looks at the request that was pushed. */
  async function peek(id: string, clientId: string | null): Promise<OAuthError | undefined> {
    const unit = unitOfWork();
    const record = await unit.find(pushedKind, { id: storedIdOf(pushedKind, id) });
    const { exp = 0, request } = (record && codec.decode(record)?.payload) ?? {};
    // The engine says so.
    if (typeof request !== 'string' || record?.consumed || exp <= clock.now()) return undefined;
    const pushed = decodeJwt(request);
    // Threat: a client that shows the request of another one would be told that one's `state`.
    if (pushed.client_id !== clientId) return unusableRequest();
    const { notes } = unit;
    const scopes = String(pushed.scope ?? '').split(' ');
    if (scopes.includes('openid')) notes.asksOpenid = true;
    notes.pushedParams = new URLSearchParams(paramsOf(pushed));
    notes.signed = true;
    return undefined;
  }

  return {
    async query(query, req, res) {
      const params = readParams(query);
      const [uri, ...more] = params.getAll('request_uri');
      if (byReference && uri !== undefined && more.length === 0 && !params.has('request')) {
        if (!uri.startsWith(pushedPrefix)) return engineView(params);
        // RFC 9126 §4: what stands beside it does not count, but where an error goes.
        const beside = only(params, [...errorParams, 'request_uri']);
        beside.delete('response_type');
        const id = uri.slice(pushedPrefix.length);
        if (isHandle(id)) return refuse(unusableRequest(), beside, errorParams);
        // At once: the two do not wait for each other.
        const [fault] = await Promise.all([
          peek(id, params.get('client_id')),
          parts.loadSession(req, res),
        ]);
        return fault ? refuse(fault, beside, errorParams) : engineView(beside);
      }
      if (requestObjects && params.has('request') && uri !== undefined) {
        return refuse(both(), params, errorParams);
      }
      try {
        return engineView(await opened(params, params.get('client_id') ?? ''));
      } catch (error) {
        if (error instanceof OAuthError) return refuse(error, params, errorParams);
        throw error;
      }
    },

    async form(text, clientId) {
      const params = readParams(text);
      const caller = ['client_id', ...credentials];
      // RFC 9126 §2.1
      if (params.has('request_uri')) return refuse(nested(), params, caller);
      try {
        const inside = await opened(params, clientId);
        // Who says to be calling goes on saying so: the engine compares it with who is proven.
        const kept = params.has('client_id') ? caller : credentials;
        for (const name of inside === params ? [] : kept) {
          inside.delete(name);
          for (const value of params.getAll(name)) inside.append(name, value);
        }
        // The engine keeps what was pushed for the client that it names.
        if (!inside.has('client_id')) inside.set('client_id', clientId);
        return engineView(inside);
      } catch (error) {
        if (error instanceof OAuthError) return refuse(error, params, caller);
        throw error;
      }
    },
  };
}

// RFC 6749 §3.1: without a value, a parameter is as good as left out. Threat: the engine goes by that, and a reader that does not would
// look away from the pushed request that an empty `request` stands beside.
function readParams(text: string): URLSearchParams {
  const params = new URLSearchParams(text);
  for (const name of ['request', 'request_uri']) {
    if (params.get(name) === '' && params.getAll(name).length === 1) params.delete(name);
  }
  return params;
}

function only(params: URLSearchParams, names: readonly string[]): URLSearchParams {
  return new URLSearchParams([...params].filter(([name]) => names.includes(name)));
}

const both = (): OAuthError =>
  new OAuthError('invalid_request', 'request and request_uri must not come together');

const nested = (): OAuthError =>
  new OAuthError('invalid_request', 'request_uri must not be in a pushed request');

const noRedirectUri = (): OAuthError =>
  new OAuthError('invalid_request', 'redirect_uri is needed with the openid scope');

const noMaxAge = (): OAuthError =>
  new OAuthError('invalid_request', 'max_age must be a whole number of seconds');

const otherType = (): OAuthError =>
  new OAuthError('invalid_request_object', 'response_type must be the one in the request object');
