import type { OutgoingHttpHeaders } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Events } from '../events.js';
import type { CommitContext } from './commit-context.js';
import { replaceReply } from './replace-reply.js';

/** Seconds to wait that a client is told when the store is out of reach. */
export const retryAfterSeconds = 5;

/** What a client is told when the store is out of reach. */
export const unavailable = {
  error: 'temporarily_unavailable',
  error_description: 'the server cannot reach its storage, try again',
} as const;

/** What the host is told then. The driver's own words are for its log alone. */
export function storeFailure(route: string, error: unknown): Events['store.failed'] {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { route, detail };
}

/** The reply when the store is out of reach. */
export function answerUnavailable(
  ctx: KoaContextWithOIDC,
  before: OutgoingHttpHeaders,
  error: unknown,
  context: CommitContext,
): void {
  context.events.emit('store.failed', storeFailure(ctx.oidc?.route ?? 'unknown', error));
  replaceReply(ctx, before, 503, unavailable);
  ctx.set('Retry-After', String(retryAfterSeconds));
  context.renderUnavailable(ctx);
}
