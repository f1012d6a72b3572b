import type { OutgoingHttpHeaders } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { EventHub } from '../events.js';
import { SigningFailed } from '../issue/keys.js';
import type { CommitContext } from './commit-context.js';
import { replaceReply } from './replace-reply.js';
import { unitOfWork } from './unit-of-work.js';

/** Seconds to wait that a client is told when the store is out of reach. */
export const retryAfterSeconds = 5;

/** What a client is told when the store, or the signer of tokens, is out of reach. */
export function unavailable(failure: unknown): { error: string; error_description: string } {
  const what = failure instanceof SigningFailed ? 'sign' : 'reach its storage';
  return {
    error: 'temporarily_unavailable',
    error_description: `the server cannot ${what}, try again`,
  };
}

/** Tells the host. The words of a driver or signer are for its log alone. */
export function emitFailure(
  events: EventHub,
  route: string,
  error: unknown,
  requestId?: string,
): void {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const name = error instanceof SigningFailed ? 'signing.failed' : 'store.failed';
  events.emit(name, { route, detail }, requestId);
}

/** The reply when the store, or the signer, is out of reach. */
export function answerUnavailable(
  ctx: KoaContextWithOIDC,
  before: OutgoingHttpHeaders,
  error: unknown,
  context: CommitContext,
): void {
  emitFailure(context.events, ctx.oidc?.route ?? 'unknown', error, unitOfWork().requestId);
  replaceReply(ctx, before, 503, unavailable(error));
  ctx.set('Retry-After', String(retryAfterSeconds));
  context.renderUnavailable(ctx);
}
