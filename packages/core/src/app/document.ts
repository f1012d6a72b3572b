import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dropCors } from './drop-cors.js';

/** A public JSON document as bytes, made once. */
export interface Document {
  readonly body: Buffer;
  readonly etag: string;
  readonly maxAgeSeconds: number;
}

/** Makes the bytes and their strong ETag. */
export function createDocument(value: object, maxAgeSeconds: number): Document {
  const body = Buffer.from(JSON.stringify(value));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  return { body, etag, maxAgeSeconds };
}

/** A document that changes while the server runs: made anew when `load` gives another object. */
export function changingDocument(
  load: () => Promise<object>,
  maxAgeSeconds: number,
): () => Promise<Document> {
  let made: { readonly value: object; readonly document: Document } | undefined;
  return async () => {
    const value = await load();
    if (made?.value !== value) made = { value, document: createDocument(value, maxAgeSeconds) };
    return made.document;
  };
}

/** Sends it to anybody: metadata and public keys are readable from every origin. */
export function sendDocument(req: IncomingMessage, res: ServerResponse, document: Document): void {
  // A host's cors({ credentials: true }) would name one origin; this is for all, and nobody is known here.
  dropCors(res);
  res.setHeader('Access-Control-Allow-Origin', '*');
  if (req.method === 'OPTIONS') {
    res.setHeader('Access-Control-Allow-Methods', 'GET, HEAD');
    res.setHeader('Access-Control-Max-Age', '3600');
    res.statusCode = 204;
    res.end();
    return;
  }
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('Cache-Control', `public, max-age=${document.maxAgeSeconds}`);
  res.setHeader('ETag', document.etag);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  // Clients on other origins read it, whatever resource policy the host's helmet set.
  res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  // RFC 9110 §13.1.2: compared weakly, since a proxy that compresses makes a weak tag of ours.
  const known = (req.headers['if-none-match'] ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(document.etag) || known.includes('*')) {
    res.statusCode = 304;
    res.end();
    return;
  }
  res.setHeader('Content-Length', document.body.length);
  res.end(req.method === 'HEAD' ? undefined : document.body);
}
