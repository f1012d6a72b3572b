import type { IncomingMessage } from 'node:http';

const b64token = /^[A-Za-z0-9\-._~+/]+=*$/; // RFC 6750 §2.1
const maxTokenLength = 16_384; // Node's limit for all headers together, unless the host raised it

/**
 * Node keeps the first of two `Authorization` headers, others keep the last: a proxy and this process could each see another
 * token. So the raw headers decide (RFC 6750 §2: one method, one token).
 */
export function repeatedHeader({ headers, rawHeaders }: IncomingMessage): string | undefined {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count += 1;
  }
  return count > 1 || Array.isArray(headers.authorization)
    ? 'more than one Authorization header'
    : undefined;
}

/**
 * A token in a URL ends up in logs, histories and Referer headers, one in a form is sent by a page of anyone (RFC 9700 §4.3.2).
 * Refused even beside a good header: whoever sends it should hear of it.
 */
export function tokenOutsideHeader(request: IncomingMessage): string | undefined {
  return inQuery(request) || inForm(request)
    ? 'the token belongs in the Authorization header, not in the query or the body'
    : undefined;
}

// The raw URL and not `req.query`, which a host can switch off, replace, or parse in its own way.
function inQuery(request: IncomingMessage & { originalUrl?: unknown }): boolean {
  const url = typeof request.originalUrl === 'string' ? request.originalUrl : request.url;
  const start = url?.indexOf('?') ?? -1;
  if (url === undefined || start === -1) return false;
  for (const name of new URLSearchParams(url.slice(start + 1)).keys()) {
    if (isTokenParameter(name)) return true;
  }
  return false;
}

// RFC 6750 §2.2 speaks of forms alone: a JSON body may have an `access_token` of its own meaning. The body is here when the
// host parsed it before the guard; nobody reads a token from there anyway.
function inForm(request: IncomingMessage & { body?: unknown }): boolean {
  const { body, headers } = request;
  return (
    typeof body === 'object' &&
    body !== null &&
    /^application\/x-www-form-urlencoded/i.test(headers['content-type'] ?? '') &&
    Object.keys(body).some(isTokenParameter)
  );
}

// `access_token[]` too: the parsers of Express make an array of it under the plain name.
function isTokenParameter(name: string): boolean {
  return name === 'access_token' || name.startsWith('access_token[');
}

/** RFC 6750 §3.1: no token is no error. Another scheme (`Basic`, `DPoP`) brings none of ours. */
export function missingToken(token: string | undefined): string | undefined {
  return token === undefined ? 'no access token was sent' : undefined;
}

export function malformedToken(token: string | undefined): string | undefined {
  if (typeof token !== 'string') return 'the access token is not a string';
  if (token.length > maxTokenLength) return 'the access token is too long';
  return b64token.test(token) ? undefined : 'the header must be Bearer, a space and one token';
}
