import type { ServerResponse } from 'node:http';

/** Sends an error to a program, by RFC 6749 §5.2. */
export function sendError(
  res: ServerResponse,
  status: number,
  error: string,
  description: string,
): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('Cache-Control', 'no-store');
  res.end(JSON.stringify({ error, error_description: description }));
}
