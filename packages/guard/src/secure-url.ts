const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Why a string cannot be the URL of an issuer, a resource or an endpoint; nothing when it can. Tokens and keys travel there, so
 * plain http is for the same machine alone (RFC 6750 §5.3).
 */
export function urlProblem(value: unknown, allowsHttp: boolean = false): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return 'must be an absolute URL';
  const url = new URL(value);
  const isSecure =
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && (allowsHttp || loopback.test(url.hostname)));
  if (!isSecure) return 'must be an https: URL (http: only on a loopback address)';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (value.includes('#')) return 'must not have a fragment';
  // RFC 6750 §3 does not let these stand in a challenge, and a URL parser would remove them silently.
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value))
    return 'must not have spaces, quotes, backslashes or characters outside ASCII';
  return undefined;
}

/** {@link urlProblem}, and no query, which RFC 8414 §2 forbids in an issuer. */
export function identifierProblem(value: unknown, allowsHttp?: boolean): string | undefined {
  const hasQuery = String(value).includes('?');
  return urlProblem(value, allowsHttp) ?? (hasQuery ? 'must not have a query' : undefined);
}

/**
 * Why an issuer cannot be the one that metadata will name (RFC 8414 §3.3 compares them as strings): with a slash more, no token would
 * ever pass, and nobody would see why. `other` is what to write for a server whose issuer has that slash.
 */
export function slashProblem(value: unknown, other: string): string | undefined {
  if (typeof value !== 'string' || !value.endsWith('/')) return undefined;
  const without = JSON.stringify(value.replace(/\/+$/, ''));
  return `must not have a trailing slash, got ${JSON.stringify(value)}. Write ${without}, as the metadata does; for a server whose issuer ends with a slash, ${other}`;
}

/** The URL of a well-known document, with its name put between host and path (RFC 8414 §3.1, RFC 9728 §3.1). */
export function wellKnownUrl(identifier: string, name: string): URL {
  const { origin, pathname } = new URL(identifier);
  return new URL(`${origin}/.well-known/${name}${pathname === '/' ? '' : pathname}`);
}
