import type { OutgoingHttpHeaders } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { StoreConflict, targetOf } from '../store.js';
import { answerUnavailable } from './answer-unavailable.js';
import type { CommitContext } from './commit-context.js';
import { endFamily } from './end-family.js';
import { openAftermath } from './open-aftermath.js';
import { replaceReply } from './replace-reply.js';
import { inUnitOfWork, type UnitOfWork } from './unit-of-work.js';

/**
 * The reply of a request whose commit conflicted: by the table of the error of each kind and route.
 *
 * @returns whether the request has an outcome, and not only another try or an outage
 */
export async function answerConflict(
  ctx: KoaContextWithOIDC,
  before: OutgoingHttpHeaders,
  unit: UnitOfWork,
  conflict: StoreConflict,
  context: CommitContext,
): Promise<boolean> {
  const { kind, id = '' } = targetOf(conflict.write);
  const route = ctx.oidc?.route ?? 'unknown';
  context.events.emit('store.conflict', { kind, reason: conflict.reason, route }, unit.requestId);
  if (kind === 'ReplayDetection') {
    refuseAssertion(ctx, before);
    return true;
  }
  const { selfUrl } = unit.notes;
  if (selfUrl !== undefined) {
    // Somebody else changed the session or the interaction. Asked again, the request sees what is there now.
    replaceReply(ctx, before, 303, '');
    ctx.redirect(selfUrl);
    ctx.status = 303;
    return false;
  }
  const fresh = openAftermath(unit, context);
  try {
    await inUnitOfWork(fresh, () => answerReplay(ctx, before, fresh, { kind, id }, unit, context));
    return true;
  } catch (error) {
    if (!(error instanceof StoreConflict)) {
      answerUnavailable(ctx, before, error, context);
      return false;
    }
    // Only a replay id can conflict here: another request used it up in between.
    refuseAssertion(ctx, before);
    return true;
  }
}

const invalidGrant = {
  error: 'invalid_grant',
  error_description: 'grant request is invalid',
} as const;

function refuseAssertion(ctx: KoaContextWithOIDC, before: OutgoingHttpHeaders): void {
  const error_description = 'the client assertion was used before';
  replaceReply(ctx, before, 401, { error: 'invalid_client', error_description });
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
  { kind, id }: { kind: string; id: string },
  lost: UnitOfWork,
  context: CommitContext,
): Promise<void> {
  if (!(await useUpReplayIds(fresh, lost))) return refuseAssertion(ctx, before);
  const record = await fresh.find(kind, { id });
  const value = lost.notes.consumedRefreshToken?.value;
  const isRefresh = record?.consumed && kind === 'RefreshToken' && value !== undefined;
  const repeated = isRefresh ? await context.replay.repeat(fresh, record, value, ctx) : undefined;
  const grantId = record?.keys.grantId;
  if (repeated) {
    lost.notes.repeatedRefresh = repeated;
  } else if (record?.consumed && grantId !== undefined) {
    // RFC 6749 §4.1.2, RFC 9700 §4.14.2: used twice means that it leaked, so the whole family goes.
    endFamily(fresh, grantId, context.clock.now(), context);
    lost.notes.replayed = { kind: kind as 'AuthorizationCode' | 'RefreshToken', grantId };
  }
  await fresh.commit();
  if (repeated) replaceReply(ctx, before, 200, repeated.answer);
  else replaceReply(ctx, before, 400, invalidGrant);
}
