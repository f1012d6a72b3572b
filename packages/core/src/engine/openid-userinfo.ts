import { openidPaths } from './engine-paths.js';
import type { EndpointRequest } from './endpoints.js';
import { engineRequest } from './engine-request.js';
import { userinfoPayload } from './openid-engine.js';
import {
  inMachineUnit,
  type MachineEndpointParts,
  replaceParam,
  urlencoded,
} from './machine-endpoint.js';
import { presentJwt } from './presented-jwt.js';

/**
 * The userinfo endpoint: the engine answers, and sees an access token for an API as one that is for no API.
 *
 * @see [OpenID Connect Core §5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)
 */
export function createUserinfo(
  parts: MachineEndpointParts,
): (request: EndpointRequest) => Promise<void> {
  const { origin, mountPath } = parts;

  return (request) =>
    inMachineUnit(parts, request, 'userinfo', async (body, unit) => {
      const { req, res, query } = request;
      unit.notes.forUserinfo = userinfoPayload;
      const headers: Record<string, string | undefined> = { accept: 'application/json' };
      const [scheme = '', token, ...more] = (req.headers.authorization ?? '').split(' ');
      if (token !== undefined && more.length === 0) {
        headers.authorization = `${scheme} ${await presentJwt(unit, token, parts)}`;
      }
      // Whatever it is but a query with a token is ignored; that one is refused (RFC 6750 §2.3).
      const url = `${openidPaths.userinfo}${query === '' ? '' : `?${query}`}`;
      const given = { method: req.method ?? 'GET', url, origin, mountPath, headers };
      if (!body) return parts.run(engineRequest(req, given), res);
      const inBody = body.fields.get('access_token');
      const text =
        inBody === undefined
          ? body.text
          : replaceParam(body.text, 'access_token', await presentJwt(unit, inBody, parts));
      headers['content-type'] = urlencoded;
      return parts.run(engineRequest(req, { ...given, body: text }), res);
    });
}
