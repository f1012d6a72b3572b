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
    if (ctx.status >= 500) unit.discard();
    correctErrorCode(ctx);
    const { repeatedRefresh } = unit.notes;
    // What the engine made for a repeated refresh is void; the replay id of the client's assertion is used up all the same.
    if (repeatedRefresh) unit.discard('ReplayDetection');
    else keepAnswer(ctx, unit, context.replay);
    if (repeatedRefresh && ctx.status === 200) replace(ctx, before, 200, repeatedRefresh.answer);
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
    refuseAssertion(ctx, before);
    emitOutcome(ctx, unit, context.events);
    return;
  }
  const fresh = createUnitOfWork(context.store, context.clock);
  await inUnitOfWork(fresh, () => answerReplay(ctx, before, fresh, kind, id ?? '', unit, context));
}

const invalidGrant = {
  error: 'invalid_grant',
  error_description: 'grant request is invalid',
} as const;

function refuseAssertion(ctx: KoaContextWithOIDC, before: OutgoingHttpHeaders): void {
  const error_description = 'the client assertion was used before';
  replace(ctx, before, 401, { error: 'invalid_client', error_description });
}

/**
 * Threat: whoever recorded a request could send it again, if the assertion of the one that lost were still good.
 *
 * @returns whether this request is the one that used them up
 */
async function useUpReplayIds(fresh: UnitOfWork, lost: UnitOfWork): Promise<boolean> {
  for (const write of lost.writes()) {
    if (!('insert' in write) || write.insert.kind !== 'ReplayDetection') continue;
    const { kind, id, payload } = write.insert;
    const found = await fresh.find(kind, { id });
    // A store without transactions has it from this very request already: the payload names the attempt.
    if (found && found.payload !== payload) return false;
    if (!found) fresh.save(write.insert);
  }
  return true;
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
    if (!(await useUpReplayIds(fresh, lost))) {
      refuseAssertion(ctx, before);
      emitOutcome(ctx, lost, context.events);
      return;
    }
    const record = await fresh.find(kind, { id });
    const value = lost.notes.consumedRefreshToken?.value;
    if (record?.consumed && kind === 'RefreshToken' && value !== undefined) {
      const repeated = await context.replay.repeat(fresh, record, value, ctx);
      if (repeated) {
        await fresh.commit();
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
      lost.notes.replayed = { kind: kind as 'AuthorizationCode' | 'RefreshToken', grantId };
    }
    await fresh.commit();
    replace(ctx, before, 400, invalidGrant);
    emitOutcome(ctx, lost, context.events);
  } catch (error) {
    // Only a replay id can conflict here: another request used it up in between.
    if (error instanceof StoreConflict) return refuseAssertion(ctx, before);
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
