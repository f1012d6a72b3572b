import type { OutgoingHttpHeaders } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { CommitContext } from './commit-context.js';
import { replaceReply } from './replace-reply.js';

/** Seconds to wait that a client is told when the store is out of reach. */
export const retryAfterSeconds = 5;

/** The reply when the store is out of reach. */
export function answerUnavailable(
  ctx: KoaContextWithOIDC,
  before: OutgoingHttpHeaders,
  error: unknown,
  context: CommitContext,
): void {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  context.events.emit('store.failed', { route: ctx.oidc?.route ?? 'unknown', detail });
  replaceReply(ctx, before, 503, {
    error: 'temporarily_unavailable',
    error_description: 'the server cannot reach its storage, try again',
  });
  ctx.set('Retry-After', String(retryAfterSeconds));
  context.renderUnavailable(ctx);
}
