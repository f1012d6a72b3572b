import { dropCors } from '../app/drop-cors.js';
import { readFields } from '../app/read-fields.js';
import { sendError } from '../app/send-error.js';
import { emitFailure, retryAfterSeconds, unavailable } from './answer-unavailable.js';
import type { EndpointRequest } from './endpoints.js';
import { openidPaths } from './engine-paths.js';
import { engineRequest } from './engine-request.js';
import { bodyFaults, type MachineEndpointParts, replaceParam } from './machine-endpoint.js';
import { presentJwt } from './presented-jwt.js';
import { createUnitOfWork, inUnitOfWork, type UnitOfWork } from './unit-of-work.js';

const urlencoded = 'application/x-www-form-urlencoded';

/**
 * The userinfo endpoint: the engine answers, and sees an access token for an API as one that is for no API.
 *
 * @see [OpenID Connect Core §5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)
 */
export function createUserinfo(
  parts: MachineEndpointParts,
): (request: EndpointRequest) => Promise<void> {
  const { origin, mountPath } = parts;

  async function answer({ req, res, query }: EndpointRequest, unit: UnitOfWork): Promise<void> {
    dropCors(res);
    unit.notes.opensUserinfo = true;
    const headers: Record<string, string | undefined> = { accept: 'application/json' };
    const [scheme = '', token, ...more] = (req.headers.authorization ?? '').split(' ');
    if (token !== undefined && more.length === 0) {
      headers.authorization = `${scheme} ${await presentJwt(unit, token, parts)}`;
    }
    // Whatever it is but a query with a token is ignored; that one is refused (RFC 6750 §2.3).
    const url = `${openidPaths.userinfo}${query === '' ? '' : `?${query}`}`;
    if (req.method !== 'POST') {
      const method = req.method ?? 'GET';
      return parts.run(engineRequest(req, { method, url, origin, mountPath, headers }), res);
    }
    const body = await readFields(req);
    if (typeof body === 'string' || body.isJson) {
      const fault = typeof body === 'string' ? body : 'unsupported_type';
      const [status, description] = bodyFaults[fault];
      return sendError(res, status, 'invalid_request', description);
    }
    const inBody = body.fields.get('access_token');
    const text =
      inBody === undefined
        ? body.text
        : replaceParam(body.text, 'access_token', await presentJwt(unit, inBody, parts));
    headers['content-type'] = urlencoded;
    const given = { method: 'POST', url, origin, mountPath, body: text, headers };
    return parts.run(engineRequest(req, given), res);
  }

  return async (request) => {
    const { res } = request;
    const unit = createUnitOfWork(parts.store, parts.clock);
    try {
      await inUnitOfWork(unit, () => answer(request, unit));
    } catch (error) {
      if (unit.failure === undefined) {
        if (res.headersSent) throw error;
        parts.logger.error({ error }, 'a request failed');
        return sendError(res, 500, 'server_error', 'something went wrong here');
      }
      emitFailure(parts.events, 'userinfo', error, unit.requestId);
      if (res.headersSent) return;
      res.setHeader('Retry-After', String(retryAfterSeconds));
      const { error: code, error_description: description } = unavailable(error);
      sendError(res, 503, code, description);
    }
  };
}
