import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressOf } from '../app/address-of.js';
import { dropCors } from '../app/drop-cors.js';
import type { Logger } from '../app/logger.js';
import { type BodyFault, readFields } from '../app/read-fields.js';
import { sendError } from '../app/send-error.js';
import type { ClientLimits } from '../authorize/client-limits.js';
import type { ClientDirectory } from '../authorize/clients.js';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import type { SigningKeys } from '../issue/keys.js';
import type { Store } from '../store.js';
import { retryAfterSeconds, storeFailure, unavailable } from './answer-unavailable.js';
import { credentialsOf, withoutEmptySecret } from './client-credentials.js';
import type { EndpointRequest } from './endpoints.js';
import { enginePaths } from './engine-paths.js';
import { engineRequest } from './engine-request.js';
import { presentJwt } from './presented-jwt.js';
import type { RecordCodec } from './records.js';
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
  /** The engine's own request handler. */
  readonly run: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
}

/** Answers a request to one of them. */
export type MachineEndpoint = (
  request: EndpointRequest,
  name: 'token' | 'revoke' | 'introspect',
) => Promise<void>;

const machinePaths = {
  token: enginePaths.token,
  revoke: enginePaths.revocation,
  introspect: enginePaths.introspection,
} as const;

/** The token, revocation and introspection endpoints: limits and bodies are ours, the protocol is the engine's. */
export function createMachineEndpoint(parts: MachineEndpointParts): MachineEndpoint {
  const { origin, mountPath } = parts;

  async function answer(
    { req, res }: EndpointRequest,
    name: keyof typeof machinePaths,
    unit: UnitOfWork,
  ): Promise<void> {
    const route = machinePaths[name];
    // The host's cors() would let any page read tokens; ours goes by client and origin.
    dropCors(res);
    if (req.method === 'OPTIONS') {
      const engineReq = engineRequest(req, { method: 'OPTIONS', url: route, origin, mountPath });
      return parts.run(engineReq, res);
    }
    const body = await readFields(req);
    if (typeof body === 'string' || body.isJson) {
      const fault = typeof body === 'string' ? body : 'unsupported_type';
      const [status, description] = bodyFaults[fault];
      return sendError(res, status, 'invalid_request', description);
    }
    const address = addressOf(req);
    const { authorization, text } = await withoutEmptySecret(
      req.headers.authorization,
      body.text,
      async (id) => (await parts.clients.find(id))?.view.confidential === false,
    );
    const clientId = credentialsOf(authorization, body.fields);
    const waits = await parts.limits.check(clientId, address);
    if (waits !== undefined) {
      // What is no client's id may be anything, a secret in the wrong field too.
      const known = (await parts.clients.find(clientId)) ? { clientId } : {};
      const limited = { ...known, retryAfterSeconds: waits };
      parts.events.emit('client.limited', limited, unit.requestId);
      res.setHeader('Retry-After', String(waits));
      return sendError(res, 429, 'temporarily_unavailable', 'too many failed attempts, wait');
    }
    let form = text;
    if (name !== 'token') {
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
    if (res.statusCode === 401) await parts.limits.failed(clientId, address);
  }

  return async (request, name) => {
    const unit = createUnitOfWork(parts.store, parts.clock);
    try {
      await inUnitOfWork(unit, () => answer(request, name, unit));
    } catch (error) {
      if (request.res.headersSent) throw error;
      if (unit.failure === undefined) {
        parts.logger.error({ error }, 'a request failed');
        return sendError(request.res, 500, 'server_error', 'something went wrong here');
      }
      parts.events.emit('store.failed', storeFailure(name, error), unit.requestId);
      request.res.setHeader('Retry-After', String(retryAfterSeconds));
      const { error: code, error_description: description } = unavailable;
      sendError(request.res, 503, code, description);
    }
  };
}

const urlencoded = 'application/x-www-form-urlencoded';

const bodyFaults: Readonly<Record<BodyFault, readonly [status: number, description: string]>> = {
  too_large: [413, 'the request body is too large'],
  unsupported_type: [400, `the body must be ${urlencoded}`],
  malformed: [400, `the body must be ${urlencoded}`],
  already_read: [400, 'the request body was read before it came here'],
};

function replaceParam(text: string, name: string, value: string): string {
  const params = new URLSearchParams(text);
  // A repeated parameter stays repeated: the engine refuses it.
  if (params.getAll(name).length === 1) params.set(name, value);
  return params.toString();
}
