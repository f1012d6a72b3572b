import { createHash } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

/** A document and where it lives. */
export interface Located {
  readonly url: string;
  readonly body: object;
}

const wellKnown = '/.well-known/oauth-protected-resource';
const methods = 'GET, HEAD, OPTIONS';

/** Serves metadata documents at the paths of their URLs, for every origin (RFC 9728 §3). */
export function serveMetadata(documents: readonly Located[]): RequestHandler {
  const byPath = new Map<string, { json: string; etag: string }>();
  for (const { body, url } of documents) {
    const { pathname } = new URL(url);
    if (byPath.has(pathname)) {
      // Only the Host header could tell them apart, and it is the sender's (RFC 9110 §7.2).
      throw new TypeError(
        `two resources have their metadata at ${pathname}; use a guard for each host`,
      );
    }
    const json = JSON.stringify(body);
    const etag = `"${createHash('sha256').update(json).digest('base64url')}"`;
    byPath.set(pathname, { json, etag });
  }

  return (req, res, next) => {
    // The whole path, wherever the handler is mounted; most requests are for something else and leave here.
    const url = req.originalUrl;
    const document = url.includes(wellKnown) ? byPath.get(pathOf(url)) : undefined;
    if (document === undefined) {
      next();
      return;
    }
    openToAll(res);
    if (req.method === 'OPTIONS') {
      res.setHeader('Allow', methods); // RFC 9110 §9.3.7: it may be no preflight
      res.setHeader('Access-Control-Allow-Headers', '*');
      res.setHeader('Access-Control-Max-Age', '86400');
      res.writeHead(204).end();
    } else if (req.method === 'GET' || req.method === 'HEAD') {
      res.setHeader('Cache-Control', 'public, max-age=300');
      res.setHeader('ETag', document.etag);
      if (req.fresh) {
        res.writeHead(304).end();
        return;
      }
      res.setHeader('Content-Type', 'application/json');
      res.setHeader('Content-Length', Buffer.byteLength(document.json));
      res.writeHead(200).end(document.json);
    } else {
      res.setHeader('Allow', methods);
      res.writeHead(405).end();
    }
  };
}

function pathOf(url: string): string {
  const base = 'http://localhost'; // for parsing alone
  return URL.canParse(url, base) ? new URL(url, base).pathname : '';
}

/** Public and without cookies: a browser client of any origin may read it. */
function openToAll(res: Response): void {
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Access-Control-Allow-Methods', methods);
  res.removeHeader('Access-Control-Allow-Credentials'); // the host's, and never valid beside an asterisk
}
