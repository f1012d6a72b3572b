import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import { StoreConflict, targetOf } from '../store.js';
import type { Store } from '../store.js';
import { endFamily } from './end-family.js';
import { correctErrorCode } from './error-codes.js';
import { emitOutcome } from './outcome-events.js';
import type { RefreshReplay } from './refresh-replay.js';
import { createUnitOfWork, inUnitOfWork, type UnitOfWork, unitOfWork } from './unit-of-work.js';

/** What the commit needs from the rest. */
export interface CommitContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly replay: RefreshReplay;
  readonly longestJwtSeconds: number;
  readonly renderUnavailable: (ctx: KoaContextWithOIDC) => void;
}

/** Epoch seconds to wait that a client is told when the store is out of reach. */
export const retryAfterSeconds = 5;

/**
 * Runs around the engine: what a request wrote leaves as one commit before its reply does, on 4xx replies too. When the commit
 * conflicts, somebody else was first, and the reply is replaced as a whole.
 */
export function commitReply(context: CommitContext) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    const unit = unitOfWork();
    const before = ctx.res.getHeaders();
    await next();
    if (ctx.get('origin') === '') dropCors(ctx.res);
    if (unit.failure !== undefined) return unavailable(ctx, before, unit.failure, context);
    if (unit.notes.repeatedRefresh && ctx.status === 200) {
      unit.discard();
      replace(ctx, before, 200, unit.notes.repeatedRefresh.answer);
      emitOutcome(ctx, unit, context.events);
      return;
    }
    if (ctx.status >= 500 || unit.notes.repeatedRefresh) {
      unit.discard();
      emitOutcome(ctx, unit, context.events);
      return;
    }
    correctErrorCode(ctx);
    keepAnswer(ctx, unit, context.replay);
    try {
      await unit.commit();
      emitOutcome(ctx, unit, context.events);
    } catch (error) {
      if (!(error instanceof StoreConflict)) return unavailable(ctx, before, error, context);
      await answerConflict(ctx, before, unit, error, context);
    }
  };
}

// Without an Origin header the engine would allow every origin.
function dropCors(res: ServerResponse): void {
  for (const name of res.getHeaderNames()) {
    if (name.startsWith('access-control-')) res.removeHeader(name);
  }
}

// The answer goes into the receipt of the consumed refresh token, so nobody sees it consumed before the answer is there.
function keepAnswer(ctx: KoaContextWithOIDC, unit: UnitOfWork, replay: RefreshReplay): void {
  const consumed = unit.notes.consumedRefreshToken;
  if (!consumed || ctx.status !== 200) return;
  const receipt = replay.receiptFor(consumed.value, ctx);
  if (receipt !== undefined) unit.addReceipt('RefreshToken', consumed.id, receipt);
}

async function answerConflict(
  ctx: KoaContextWithOIDC,
  before: OutgoingHttpHeaders,
  unit: UnitOfWork,
  conflict: StoreConflict,
  context: CommitContext,
): Promise<void> {
  const { kind, id } = targetOf(conflict.write);
  const route = ctx.oidc?.route ?? 'unknown';
  context.events.emit('store.conflict', { kind, reason: conflict.reason, route }, unit.requestId);
  if (route !== 'token' && kind !== 'ReplayDetection') {
    // Somebody else changed the session or the interaction. Asked again, the request sees what is there now.
    replace(ctx, before, 303, '');
    ctx.redirect(unit.notes.selfUrl ?? '');
    ctx.status = 303;
    return;
  }
  if (kind === 'ReplayDetection') {
    replace(ctx, before, 401, {
      error: 'invalid_client',
      error_description: 'the client assertion was used before',
    });
    return;
  }
  const fresh = createUnitOfWork(context.store, context.clock);
  await inUnitOfWork(fresh, () => answerReplay(ctx, before, fresh, kind, id ?? '', unit, context));
}

async function answerReplay(
  ctx: KoaContextWithOIDC,
  before: OutgoingHttpHeaders,
  fresh: UnitOfWork,
  kind: string,
  id: string,
  lost: UnitOfWork,
  context: CommitContext,
): Promise<void> {
  try {
    const record = await fresh.find(kind, { id });
    const value = lost.notes.consumedRefreshToken?.value;
    if (record?.consumed && kind === 'RefreshToken' && value !== undefined) {
      const repeated = await context.replay.repeat(fresh, record, value, ctx);
      if (repeated) {
        lost.notes.repeatedRefresh = repeated;
        replace(ctx, before, 200, repeated.answer);
        emitOutcome(ctx, lost, context.events);
        return;
      }
    }
    const grantId = record?.keys.grantId;
    if (record?.consumed && grantId !== undefined) {
      // RFC 6749 §4.1.2, RFC 9700 §4.14.2: used twice means that it leaked, so the whole family goes.
      endFamily(fresh, grantId, context.clock.now(), context.longestJwtSeconds);
      await fresh.commit();
      lost.notes.replayed = { kind: kind as 'AuthorizationCode' | 'RefreshToken', grantId };
    }
    replace(ctx, before, 400, {
      error: 'invalid_grant',
      error_description: 'grant request is invalid',
    });
    emitOutcome(ctx, lost, context.events);
  } catch (error) {
    if (error instanceof StoreConflict) {
      replace(ctx, before, 400, {
        error: 'invalid_grant',
        error_description: 'grant request is invalid',
      });
      return;
    }
    unavailable(ctx, before, error, context);
  }
}

function unavailable(
  ctx: KoaContextWithOIDC,
  before: OutgoingHttpHeaders,
  error: unknown,
  context: CommitContext,
): void {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  context.events.emit('store.failed', { route: ctx.oidc?.route ?? 'unknown', detail });
  replace(ctx, before, 503, {
    error: 'temporarily_unavailable',
    error_description: 'the server cannot reach its storage, try again',
  });
  ctx.set('Retry-After', String(retryAfterSeconds));
  context.renderUnavailable(ctx);
}

/** Replaces a reply: status, body, headers and cookies. What other middleware had set before stays. */
function replace(
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
