import { StoreConflict } from '@gatehouse/core';
import type { Call } from './calls.js';
import { isLive, type RecordDocument } from './documents.js';
import {
  type Claim,
  claimsOf,
  markerOf,
  markersOf,
  release,
  removeMarkers,
  secure,
} from './markers.js';
import type { RecordWrite } from './pending-write.js';
import { insertInOrder, readRecord, unchanged } from './slots.js';

/** A record about to be written, with the markers that it needs. */
export interface Draft {
  readonly write: RecordWrite;
  /** Stored with the record: a duplicate that has it is what this very write left, and no conflict. */
  readonly token: string;
  readonly claims: readonly Claim[];
  readonly heldUntil: number;
  /** Markers that the record stops needing when the write lands. */
  dropped: readonly (readonly [_id: string, holder: string])[];
}

/** A document to insert: a marker, or the record. */
interface Part {
  readonly draft: Draft;
  readonly claim?: Claim;
}

// What one command can do in time, on a slow server too.
const batch = 1000;

/** Prepares a write. */
export function draftOf(write: RecordWrite, now: number): Draft {
  const { kind, _id, unique, content } = write;
  const heldUntil = heldUntilOf(content.expiresAt, now);
  const claims = claimsOf(kind.kind, _id, unique, heldUntil);
  return { write, token: crypto.randomUUID(), claims, heldUntil, dropped: [] };
}

/** Until when markers stay: twice the record's time, so that they are seldom prolonged. */
export function heldUntilOf(expiresAt: number, now: number): number {
  return expiresAt + Math.max(0, expiresAt - now);
}

/** The fields that tell which markers a record has. */
export function holdingOf({
  claims,
  heldUntil,
}: Draft): Pick<RecordDocument, 'holders' | 'heldUntil'> {
  if (claims.length === 0) return {};
  return {
    holders: Object.fromEntries(claims.map(({ part, holder }) => [part, holder])),
    heldUntil,
  };
}

/**
 * Inserts records, each after its markers, in one command if nothing stands in the way.
 *
 * @returns The first draft whose id a live record has.
 * @throws {StoreConflict} when another live record has a unique value.
 */
export async function insertDrafts(
  call: Call,
  drafts: readonly Draft[],
  now: number,
): Promise<Draft | undefined> {
  let rest = drafts.flatMap((draft): Part[] => [
    ...draft.claims.map((claim) => ({ draft, claim })),
    { draft },
  ]);
  while (rest.length > 0) {
    const some = rest.slice(0, batch);
    const at = (await insertInOrder(call, some.map(documentOf))) ?? some.length;
    for (const part of rest.slice(0, at)) if (part.claim) part.claim.held = true;
    const met = some[at];
    if (met === undefined) {
      rest = rest.slice(at);
      if (rest.length > 0) call.renew();
      continue;
    }
    if (met.claim) {
      const claimed = await secure(call, met.claim, now);
      if (claimed === 'taken') throw await conflictOf(call, met.draft);
      if (claimed === 'own') return met.draft;
    } else if (!(await takeSlot(call, met.draft, now))) {
      return met.draft;
    }
    rest = rest.slice(at + 1);
  }
  return undefined;
}

/** The markers of a record that it does not need any more. */
export function droppedFrom(
  { write, claims }: Draft,
  before: Pick<RecordDocument, 'keys' | 'holders'>,
): readonly (readonly [_id: string, holder: string])[] {
  const kept = new Set(claims.map(({ _id }) => _id));
  return markersOf(write.kind.kind, before).filter(([_id]) => !kept.has(_id));
}

/** Lets go of the markers, and gives the conflict. */
export async function conflictOf(call: Call, { write, claims }: Draft): Promise<StoreConflict> {
  await release(call, claims);
  return new StoreConflict(write.given, 'exists');
}

// The id was there: this write's own earlier attempt, a live record (`false`), or a dead one, whose place exactly one gets.
async function takeSlot(call: Call, draft: Draft, now: number): Promise<boolean> {
  const { write, token, claims } = draft;
  for (;;) {
    const standing = await readRecord(call, write._id);
    if (standing?.token === token) return true;
    if (isLive(standing, now)) return false;
    // Anew after each look: another writer may have shut what stood here, and have the marker by now.
    for (const claim of claims) {
      const claimed = await secure(call, claim, now);
      if (claimed === 'taken') throw await conflictOf(call, draft);
      if (claimed === 'own') return false;
    }
    const document = documentOf({ draft });
    if (standing === undefined) {
      if ((await insertInOrder(call, [document])) === undefined) return true;
    } else {
      const condition = { ...unchanged(standing), expiresAt: { $lte: now } };
      const { matchedCount } = await call.send((options) =>
        call.records.replaceOne(condition, document, options),
      );
      if (matchedCount > 0) {
        await removeMarkers(call, droppedFrom(draft, standing));
        return true;
      }
    }
    await call.pause();
  }
}

function documentOf(part: Part): object {
  if (part.claim) return markerOf(part.claim);
  const { draft } = part;
  const { _id, content } = draft.write;
  return { _id, ...content, revision: 1, token: draft.token, ...holdingOf(draft) };
}
