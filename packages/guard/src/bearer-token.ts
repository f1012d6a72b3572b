import type { IncomingMessage } from 'node:http';

const bearerScheme = /^bearer(?=[\s,]|$) */i; // RFC 9110 §11.1: the scheme's case does not matter

/** What stands behind `Bearer`, good or bad; nothing when another scheme is used, or none. */
export function bearerToken({ headers: { authorization } }: IncomingMessage): string | undefined {
  const scheme = bearerScheme.exec(authorization ?? '');
  return scheme === null ? undefined : authorization?.slice(scheme[0].length);
}
