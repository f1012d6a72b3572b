import type { IncomingMessage, ServerResponse } from 'node:http';
import { dropCors } from './drop-cors.js';

/** Whether a request asks what its URL takes, and is not a browser's question before a request to another origin. */
export function asksForMethods({ headers, method }: IncomingMessage): boolean {
  const { origin, 'access-control-request-method': asked } = headers;
  return method === 'OPTIONS' && !(origin && asked);
}

/** Answers it (RFC 9110 §9.3.7). */
export function tellMethods(res: ServerResponse, allowed: string): void {
  // The host's cors() answers as if it were a preflight.
  dropCors(res);
  res.setHeader('Allow', allowed);
  res.statusCode = 204;
  res.end();
}
