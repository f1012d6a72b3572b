import type { ServerResponse } from 'node:http';
import type { GuardError } from './guard-error.js';

/** Writes a refusal (RFC 6750 §3). Works on a plain Node response too. */
export function refuse(res: ServerResponse, { body, headers, status }: GuardError): void {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  exposeChallenge(res);
  if (body === undefined) {
    res.end();
    return;
  }
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify(body));
}

/**
 * Whether browsers may read this API is for the host to say. Where it says so (its CORS middleware ran), the challenge must be
 * readable too, or a browser client cannot find the authorization server; where it does not, nothing is opened.
 */
function exposeChallenge(res: ServerResponse): void {
  if (!res.hasHeader('Access-Control-Allow-Origin')) return;
  const exposed = [res.getHeader('Access-Control-Expose-Headers') ?? []].flat().join(', ');
  if (/(?:^|[\s,])www-authenticate(?:[\s,]|$)/i.test(exposed)) return;
  // Beside `*` as well: for requests with credentials the asterisk is only a name.
  const value = exposed === '' ? 'WWW-Authenticate' : `${exposed}, WWW-Authenticate`;
  res.setHeader('Access-Control-Expose-Headers', value);
}
