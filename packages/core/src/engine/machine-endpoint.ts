import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressOf } from '../app/address-of.js';
import { dropCors } from '../app/drop-cors.js';
import type { Logger } from '../app/logger.js';
import { type BodyFault, type Fields, readFields } from '../app/read-fields.js';
import { sendError } from '../app/send-error.js';
import type { ClientLimits } from '../authorize/client-limits.js';
import type { ClientDirectory } from '../authorize/clients.js';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import type { SigningKeys } from '../issue/keys.js';
import type { Store } from '../store.js';
import { emitFailure, retryAfterSeconds, unavailable } from './answer-unavailable.js';
import { credentialsOf, withoutEmptySecret } from './client-credentials.js';
import type { EndpointRequest } from './endpoints.js';
import { enginePaths, pushedPath } from './engine-paths.js';
import { engineRequest } from './engine-request.js';
import { presentJwt } from './presented-jwt.js';
import type { RequestReader } from './read-request.js';
import type { RecordCodec } from './records.js';
import { tooManyAttempts } from './too-many-attempts.js';
import { createUnitOfWork, inUnitOfWork, type UnitOfWork } from './unit-of-work.js';

/** What the endpoints for programs need. */
export interface MachineEndpointParts {
  readonly issuer: string;
  readonly origin: string;
  readonly mountPath: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly logger: Logger;
  readonly codec: RecordCodec;
  readonly keys: SigningKeys;
  readonly clients: ClientDirectory;
  readonly limits: ClientLimits;
  readonly requests: RequestReader;
  /** The engine's own request handler. */
  readonly run: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
}

/** Answers a request to one of them. */
export type MachineEndpoint = (
  request: EndpointRequest,
  name: 'token' | 'revoke' | 'introspect' | 'par',
) => Promise<void>;

const machinePaths = {
  token: enginePaths.token,
  revoke: enginePaths.revocation,
  introspect: enginePaths.introspection,
  par: pushedPath,
} as const;

/** The token, revocation, introspection and pushed request endpoints: limits and bodies are ours, the protocol is the engine's. */
export function createMachineEndpoint(parts: MachineEndpointParts): MachineEndpoint {
  const { origin, mountPath } = parts;

  async function answer(
    { req, res }: EndpointRequest,
    name: keyof typeof machinePaths,
    body: Fields | undefined,
    unit: UnitOfWork,
  ): Promise<void> {
    const route = machinePaths[name];
    if (!body) {
      const engineReq = engineRequest(req, { method: 'OPTIONS', url: route, origin, mountPath });
      return parts.run(engineReq, res);
    }
    const { authorization, text } = await withoutEmptySecret(
      req.headers.authorization,
      body.text,
      async (id) => (await parts.clients.find(id))?.view.confidential === false,
    );
    const clientId = credentialsOf(authorization, body.fields);
    const attempt = parts.limits(clientId, addressOf(req));
    const waits = await attempt.waits();
    if (waits !== undefined) {
      await tellLimited(clientId, waits, unit);
      res.setHeader('Retry-After', String(waits));
      const { error, description } = tooManyAttempts();
      return sendError(res, 429, error, description);
    }
    unit.notes.clientAttempt = attempt;
    let form = text;
    // Threat: anybody can push in the name of a public client, and what is pushed is kept for as long as a page.
    if (name === 'par' && text.length > longestPushed) {
      return sendError(res, 413, 'invalid_request', 'the pushed request is too large');
    }
    if (name === 'par') form = await parts.requests.form(text, clientId);
    else if (name !== 'token') {
      const token = body.fields.get('token');
      if (token !== undefined)
        form = replaceParam(text, 'token', await presentJwt(unit, token, parts));
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
    if (res.statusCode === 401) await attempt.failed();
    // Of many at once, by the comparison of secrets.
    if (res.statusCode === 429) await tellLimited(clientId, attempt.waitsHere() ?? 1, unit);
  }

  async function tellLimited(
    clientId: string,
    retryAfterSeconds: number,
    { requestId }: UnitOfWork,
  ): Promise<void> {
    // What is no client's id may be anything, a secret in the wrong field too.
    const known = (await parts.clients.find(clientId)) ? { clientId } : {};
    parts.events.emit('client.limited', { ...known, retryAfterSeconds }, requestId);
  }

  return (request, name) =>
    inMachineUnit(parts, request, name, (body, unit) => answer(request, name, body, unit));
}

/** Answers a program's request in a unit of work of its own, given the form of a POST; an outage is told in JSON. */
export async function inMachineUnit(
  { store, clock, events, logger }: MachineEndpointParts,
  { req, res }: EndpointRequest,
  name: string,
  task: (body: Fields | undefined, unit: UnitOfWork) => Promise<void>,
): Promise<void> {
  // The host's cors() would let any page read tokens; ours goes by client and origin.
  dropCors(res);
  // Tokens and what is known of them, and errors about either. A preflight has a cache of its own.
  if (req.method !== 'OPTIONS') res.setHeader('Cache-Control', 'no-store');
  // Threat: the time of a unit of work is the store's. Whoever sends slowly would use it up, and raise the alarm of an outage.
  const body = req.method === 'POST' ? await readForm(req, res) : undefined;
  if (body === 'answered') return;
  const unit = createUnitOfWork(store, clock);
  try {
    await inUnitOfWork(unit, () => task(body, unit));
  } catch (error) {
    const { failure, requestId } = unit;
    if (failure === undefined) {
      if (res.headersSent) throw error;
      logger.error({ error }, 'a request failed');
      return sendError(res, 500, 'server_error', 'something went wrong here');
    }
    emitFailure(events, name, failure, requestId);
    // A failed attempt that could not be counted.
    if (res.headersSent) return;
    res.setHeader('Retry-After', String(retryAfterSeconds));
    const { error: code, error_description: description } = unavailable(failure);
    sendError(res, 503, code, description);
  }
}

// RFC 9126 §2.3
const longestPushed = 16 * 1024;

async function readForm(req: IncomingMessage, res: ServerResponse): Promise<Fields | 'answered'> {
  const body = await readFields(req);
  if (typeof body !== 'string' && !body.isJson) return body;
  const [status, description] = bodyFaults[typeof body === 'string' ? body : 'unsupported_type'];
  sendError(res, status, 'invalid_request', description);
  return 'answered';
}

/** The media type of every form. */
export const urlencoded = 'application/x-www-form-urlencoded';

const bodyFaults: Readonly<Record<BodyFault, readonly [status: number, description: string]>> = {
  too_large: [413, 'the request body is too large'],
  too_many_fields: [400, 'the form has too many fields'],
  unsupported_type: [400, `the body must be ${urlencoded}`],
  malformed: [400, `the body must be ${urlencoded}`],
  already_read: [400, 'the request body was read before it came here'],
};

/** A form with another value for a parameter. */
export function replaceParam(text: string, name: string, value: string): string {
  const params = new URLSearchParams(text);
  // A repeated parameter stays repeated: the engine refuses it.
  if (params.getAll(name).length === 1) params.set(name, value);
  return params.toString();
}
