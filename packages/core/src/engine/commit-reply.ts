import type { KoaContextWithOIDC } from 'oidc-provider';
import { dropCors } from '../app/drop-cors.js';
import { connectionId, loadConnection } from '../interaction/consent.js';
import { StoreConflict } from '../store.js';
import { answerConflict } from './answer-conflict.js';
import { answerUnavailable } from './answer-unavailable.js';
import type { CommitContext } from './commit-context.js';
import { endFamily } from './end-family.js';
import { correctErrorCode } from './error-codes.js';
import { noteUse } from './note-use.js';
import { openAftermath } from './open-aftermath.js';
import { emitOutcome } from './outcome-events.js';
import type { RefreshReplay } from './refresh-replay.js';
import { replaceReply, takeBackCookies } from './replace-reply.js';
import type { Notes } from './request-notes.js';
import { type UnitOfWork, unitOfWork } from './unit-of-work.js';

/**
 * Runs around the engine: what a request wrote leaves as one commit before its reply does, on 4xx replies too. When the commit
 * conflicts, somebody else was first, and the reply is replaced as a whole.
 */
export function commitReply(context: CommitContext) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    const unit = unitOfWork();
    const before = ctx.res.getHeaders();
    try {
      await next();
    } catch (error) {
      // Not even the error page could be made.
      if (unit.failure === undefined) throw error;
    }
    // Without an Origin header the engine would allow every origin.
    if (ctx.get('origin') === '') dropCors(ctx.res);
    if (unit.failure !== undefined) return answerUnavailable(ctx, before, unit.failure, context);
    if (ctx.status >= 500) {
      unit.discard();
      takeBackCookies(ctx.res, before);
    }
    correctErrorCode(ctx);
    // RFC 7009 §2.2 leaves the body open, and client libraries that always parse one stumble over none.
    if (ctx.oidc?.route === 'revocation' && ctx.status === 200) ctx.body = {};
    const { repeatedRefresh, spends } = unit.notes;
    // A code or refresh token that gave nothing was not used: a client that asked for the wrong resource may ask again.
    if (spends && ctx.status >= 400) unit.discard('ReplayDetection');
    // What the engine made for a repeated refresh is void; the replay id of the client's assertion is used up all the same.
    if (repeatedRefresh) unit.discard('ReplayDetection');
    else keepAnswer(ctx, unit, context.replay);
    if (repeatedRefresh && ctx.status === 200)
      replaceReply(ctx, before, 200, repeatedRefresh.answer);
    try {
      await unit.commit();
      if (unit.notes.newGrant) await refuseOrphan(unit.notes.newGrant, context);
    } catch (error) {
      if (!(error instanceof StoreConflict)) return answerUnavailable(ctx, before, error, context);
      if (!(await answerConflict(ctx, before, unit, error, context))) return;
    }
    noteUse(ctx, unit, context.lastUse);
    emitOutcome(ctx, unit, context.events);
  };
}

// Threat: an authorization that has read a consent makes a grant of it while the person takes it back, and the removal, which had
// listed the grants by then, misses that one. Whichever of the two is second sees what the first has done.
async function refuseOrphan(
  { grantId, accountId, clientId }: NonNullable<Notes['newGrant']>,
  context: CommitContext,
): Promise<void> {
  const unit = openAftermath(unitOfWork(), context);
  if (await loadConnection(unit, accountId, clientId)) return;
  endFamily(unit, grantId, context.clock.now(), context);
  await unit.commit();
  const id = connectionId(accountId, clientId);
  throw new StoreConflict({ remove: { kind: 'Consent', id } }, 'gone');
}

// The answer goes into the receipt of the consumed refresh token, so nobody sees it consumed before the answer is there.
function keepAnswer(ctx: KoaContextWithOIDC, unit: UnitOfWork, replay: RefreshReplay): void {
  const consumed = unit.notes.consumedRefreshToken;
  if (!consumed || ctx.status !== 200) return;
  const receipt = replay.receiptFor(consumed.value, ctx);
  if (receipt !== undefined) unit.addReceipt('RefreshToken', consumed.id, receipt);
}
