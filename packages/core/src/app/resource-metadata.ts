import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Guard, GuardResources } from '@gatehouse/guard';
import { createDocument, type Document, sendDocument } from './document.js';
import { asksForMethods, tellMethods } from './options-request.js';

const taken: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Serves RFC 9728 documents of the resources by their path. Paths of resources on the issuer's own origin win over those of
 * others, which may be served from this app too.
 *
 * @returns whether it answered
 */
export function resourceMetadata(
  guard: Guard<GuardResources> | undefined,
  resources: Iterable<string>,
  origin: string,
): (req: IncomingMessage, res: ServerResponse, path: string) => boolean {
  const documents = new Map<string, Document>();
  const own = (resource: string): number => (new URL(resource).origin === origin ? 0 : 1);
  for (const resource of [...resources].sort((a, b) => own(a) - own(b))) {
    const document = guard?.metadataFor(resource);
    if (!document) continue;
    const { pathname } = new URL(document.url);
    if (!documents.has(pathname)) documents.set(pathname, createDocument(document.body, 3600));
  }
  return (req, res, path) => {
    const document = documents.get(path);
    if (!document || !taken.includes(req.method ?? '')) return false;
    if (asksForMethods(req)) tellMethods(res, taken.join(', '));
    else sendDocument(req, res, document);
    return true;
  };
}
