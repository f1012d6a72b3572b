import { StoreConflict } from '@gatehouse/core';
import type { Call } from './calls.js';
import { dateOf, isLive, liveAt, optionalContent, type RecordDocument } from './documents.js';
import {
  conflictOf,
  type Draft,
  draftOf,
  droppedFrom,
  heldUntilOf,
  holdingOf,
  insertDrafts,
} from './drafts.js';
import { markersOf, prolong, release, removeMarkers, secure, uniqueKeysOf } from './markers.js';
import { partOf } from './names.js';
import type { ConsumeWrite, RecordWrite } from './pending-write.js';
import { readRecord, slackSeconds, unchanged, updateIf } from './slots.js';

/** Creates records, in order. */
export async function insertRecords(
  call: Call,
  writes: readonly RecordWrite[],
  now: number,
): Promise<void> {
  const drafts = writes.map((write) => draftOf(write, now));
  const met = await insertDrafts(call, drafts, now);
  if (met !== undefined) throw await conflictOf(call, met);
}

/** Replaces a record under its condition, or creates it where there is none. */
export async function putRecord(call: Call, write: RecordWrite, now: number): Promise<void> {
  const draft = draftOf(write, now);
  try {
    while (!(await tryPut(call, draft, now))) await call.pause();
  } catch (error) {
    if (error instanceof StoreConflict) await release(call, draft.claims);
    throw error;
  }
}

async function tryPut(call: Call, draft: Draft, now: number): Promise<boolean> {
  const { write, token, claims } = draft;
  if (await replaceStanding(call, draft, now)) return true;
  // Most often there is none, and the insert would meet whatever stands there.
  const creates = write.ifRevision === undefined && claims.length === 0;
  if (creates) return (await insertDrafts(call, [draft], now)) === undefined;
  const standing = await readRecord(call, write._id);
  if (standing?.token === token) {
    // The answer was lost.
    await removeMarkers(call, draft.dropped);
    return true;
  }
  if (!isLive(standing, now)) {
    if (write.ifRevision !== undefined) throw new StoreConflict(write.given, 'gone');
    return (await insertDrafts(call, [draft], now)) === undefined;
  }
  if (write.ifRevision !== undefined && standing.revision !== write.ifRevision) {
    throw new StoreConflict(write.given, 'revision');
  }
  return claims.length > 0 && landOn(call, draft, standing, now);
}

/** One conditional update, where the record keeps the unique values that it has, or lacks them from now on. */
async function replaceStanding(call: Call, draft: Draft, now: number): Promise<boolean> {
  const { write, token, claims } = draft;
  const { kind, _id, content, ifRevision, unique } = write;
  const condition = {
    _id,
    ...(ifRevision === undefined ? { token: { $ne: token } } : { revision: ifRevision }),
    ...liveAt(now),
    ...Object.fromEntries(claims.map(({ part, value }) => [`keys.${part}`, value])),
    ...(claims.length > 0 && { heldUntil: { $gte: content.expiresAt } }),
  };
  const lacking = uniqueKeysOf(kind)
    .filter((key) => !unique.has(key))
    .map(partOf);
  const gone = lacking.map((part) => `holders.${part}`);
  const update = {
    $set: { ...content, token },
    ...unset([...optionalContent.filter((name) => !(name in content)), ...gone]),
    $inc: { revision: 1 },
  };
  if (lacking.length === 0) return updateIf(call, condition, update);
  const before = (await call.send((options) =>
    call.records.findOneAndUpdate(condition, update, {
      ...options,
      returnDocument: 'before',
      includeResultMetadata: false,
      projection: { keys: 1, holders: 1 },
    }),
  )) as Pick<RecordDocument, 'keys' | 'holders'> | null;
  if (before === null) return false;
  await removeMarkers(call, droppedFrom(draft, before));
  return true;
}

/** Gives a live record other unique values, or keeps them for longer. `false` when it changed meanwhile. */
async function landOn(
  call: Call,
  draft: Draft,
  standing: RecordDocument,
  now: number,
): Promise<boolean> {
  const { write, token, claims } = draft;
  for (const claim of claims) {
    const has = standing.keys[claim.part] === claim.value;
    const holder = standing.holders?.[claim.part];
    if (has && holder !== undefined && (await prolong(call, claim))) {
      claim.holder = holder;
      continue;
    }
    const claimed = await secure(call, claim, now);
    if (claimed === 'taken') throw await conflictOf(call, draft);
    if (claimed === 'own') return false;
  }
  draft.dropped = droppedFrom(draft, standing);
  const condition = { ...unchanged(standing), ...liveAt(now) };
  const landed = await updateIf(call, condition, {
    $set: { ...write.content, token, ...holdingOf(draft) },
    ...unset(optionalContent.filter((name) => !(name in write.content))),
    $inc: { revision: 1 },
  });
  if (!landed) return false;
  await removeMarkers(call, draft.dropped);
  return true;
}

/** Marks a record as used, by one conditional update that exactly one attempt wins. */
export async function consumeRecord(call: Call, write: ConsumeWrite, now: number): Promise<void> {
  const { given, kind, _id, attempt, receipt, expiresAt } = write;
  const holds = expiresAt !== undefined && uniqueKeysOf(kind).length > 0;
  const condition = {
    _id,
    consumed: null,
    ...liveAt(now),
    ...(holds && { $or: [{ heldUntil: null }, { heldUntil: { $gte: expiresAt } }] }),
  };
  const consumed = { attempt, at: now, ...(receipt !== undefined && { receipt }) };
  const kept = expiresAt === undefined ? {} : { expiresAt, sweepAt: dateOf(expiresAt) };
  const update = { $set: { consumed, ...kept }, $inc: { revision: 1 } };
  while (!(await updateIf(call, condition, update))) {
    const standing = await readRecord(call, _id);
    if (!isLive(standing, now)) throw new StoreConflict(given, 'gone');
    if (standing.consumed?.attempt === attempt) return;
    if (standing.consumed) throw new StoreConflict(given, 'consumed');
    if (holds) await prolongMarkers(call, write, standing, heldUntilOf(expiresAt, now));
    await call.pause();
  }
}

async function prolongMarkers(
  call: Call,
  { kind, _id: owner }: ConsumeWrite,
  standing: RecordDocument,
  heldUntil: number,
): Promise<void> {
  const sweepAt = dateOf(heldUntil + slackSeconds);
  for (const [_id] of markersOf(kind.kind, standing)) await prolong(call, { _id, owner, sweepAt });
  await updateIf(call, unchanged(standing), { $set: { heldUntil } });
}

// Older servers refuse an operator without a field.
function unset(names: readonly string[]): object {
  if (names.length === 0) return {};
  return { $unset: Object.fromEntries(names.map((name) => [name, ''])) };
}
