import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** A request as the engine sees it: made from the issuer, never from Host or X-Forwarded-* headers. */
export interface EngineRequestParts {
  readonly method: string;
  /** Below the mount, with the query. */
  readonly url: string;
  readonly origin: string;
  readonly mountPath: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const dropped = new Set([
  ...['host', 'forwarded', 'content-length', 'transfer-encoding', 'expect'],
  ...['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port'],
  ...['x-forwarded-prefix', 'x-original-url', 'x-rewrite-url', 'via'],
]);

/**
 * Threat: an engine that builds URLs from Host lets whoever sets that header choose where tokens are fetched and people are
 * sent. The engine trusts proxy headers here, and they are ours.
 */
export function engineRequest(req: IncomingMessage, parts: EngineRequestParts): IncomingMessage {
  const { protocol, host } = new URL(parts.origin);
  const headers: Record<string, string | string[] | undefined> = {};
  for (const [name, value] of Object.entries(req.headers)) {
    if (!dropped.has(name)) headers[name] = value;
  }
  Object.assign(headers, parts.headers, {
    host,
    'x-forwarded-proto': protocol.slice(0, -1),
    'x-forwarded-host': host,
  });
  if (parts.body !== undefined) headers['content-length'] = String(Buffer.byteLength(parts.body));
  const stream = Readable.from(parts.body ? [Buffer.from(parts.body)] : [], { objectMode: false });
  return Object.assign(stream, {
    method: parts.method,
    url: parts.url,
    baseUrl: parts.mountPath,
    headers,
    rawHeaders: [],
    socket: req.socket,
    connection: req.socket,
    httpVersion: req.httpVersion,
    httpVersionMajor: req.httpVersionMajor,
    httpVersionMinor: req.httpVersionMinor,
    complete: true,
  }) as unknown as IncomingMessage;
}
