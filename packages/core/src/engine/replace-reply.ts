import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** Replaces a reply: status, body, headers and cookies. What other middleware had set before stays. */
export function replaceReply(
  ctx: KoaContextWithOIDC,
  before: OutgoingHttpHeaders,
  status: number,
  body: unknown,
): void {
  restoreHeaders(ctx.res, before);
  ctx.status = status;
  ctx.body = body;
  ctx.set('Cache-Control', 'no-store');
}

/** Takes back the cookies of a reply whose writes do not happen: each would name what is not there. */
export function takeBackCookies(res: ServerResponse, before: OutgoingHttpHeaders): void {
  const { 'set-cookie': cookies } = before;
  if (cookies === undefined) res.removeHeader('set-cookie');
  else res.setHeader('set-cookie', cookies);
}

function restoreHeaders(res: ServerResponse, before: OutgoingHttpHeaders): void {
  for (const name of res.getHeaderNames()) {
    // CORS was decided by client and origin, and holds for the other answer too.
    if (name.startsWith('access-control-') || name === 'vary') continue;
    if (before[name] === undefined) res.removeHeader(name);
  }
  for (const [name, value] of Object.entries(before)) {
    if (value !== undefined) res.setHeader(name, value);
  }
}
