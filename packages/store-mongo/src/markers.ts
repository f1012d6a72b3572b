import type { DeclaredKind } from '@gatehouse/core';
import type { Call } from './calls.js';
import { dateOf, isLive, type RecordDocument } from './documents.js';
import { markerId, markerStart, nameOf, partOf } from './names.js';
import { insertInOrder, readRecord, shutSlot, slackSeconds, updateIf } from './slots.js';
import { comparableText } from './text.js';

// A unique value belongs to whoever holds its marker: a document of its own, named after kind, key and value. It is written before
// the record, and names the record. A crash in between leaves a marker without a record, which the next one takes over: first it
// shuts the place where the record could still land, then it changes the marker if nobody else did. A record lands only where
// nothing was shut since its writer got the marker. So of any number of writers one has both, whenever each of them stops.

/** A unique value that a record is about to have. */
export interface Claim {
  readonly _id: string;
  readonly part: string;
  /** Comparable text. */
  readonly value: string;
  /** The `_id` of the record. */
  readonly owner: string;
  /** Until when the marker stays at least. */
  readonly sweepAt: Date;
  /** Names this writer, anew whenever it looked at its record again. */
  holder: string;
  held: boolean;
}

/** What became of a claim: the marker is ours, or that of a live record, which may be the very record. */
export type Claimed = 'held' | 'taken' | 'own';

interface MarkerDocument {
  readonly _id: string;
  readonly owner: string;
  readonly holder: string;
  readonly sweepAt: Date;
}

// A writer that got its marker needs a moment for its record.
const patience = 6;

/** The keys of a kind whose values have markers. */
export function uniqueKeysOf({ keys }: DeclaredKind): readonly string[] {
  return [...keys].flatMap(([key, { unique }]) => (unique ? [key] : []));
}

/** The claims of a record, before any of them is made. */
export function claimsOf(
  kind: string,
  owner: string,
  unique: ReadonlyMap<string, string>,
  heldUntil: number,
): readonly Claim[] {
  const sweepAt = dateOf(heldUntil + slackSeconds);
  return [...unique].map(([key, value]) => ({
    _id: markerId(kind, key, value),
    part: partOf(key),
    value: comparableText(value),
    ...{ owner, sweepAt, holder: crypto.randomUUID(), held: false },
  }));
}

/** The marker as it is inserted. */
export function markerOf({ _id, owner, holder, sweepAt }: Claim): MarkerDocument {
  return { _id, owner, holder, sweepAt };
}

/** Gets the marker of a claim, under a new name of the holder, from whomever it belonged to if no live record has the value. */
export async function secure(call: Call, claim: Claim, now: number): Promise<Claimed> {
  const { holder: before, held } = claim;
  claim.holder = crypto.randomUUID();
  if (held && (await takeOver(call, claim, before))) return 'held';
  claim.held = false;
  let seen = '';
  for (let looks = 0; ; looks += 1) {
    const standing = await readMarker(call, claim._id);
    if (standing === undefined) {
      if ((await insertInOrder(call, [markerOf(claim)])) === undefined) return hold(claim);
    } else {
      // An insert whose answer was lost left it.
      if (!held && standing.holder === before) claim.holder = before;
      if (standing.holder === claim.holder) return hold(claim);
      const slot = await readRecord(call, standing.owner);
      if (isLive(slot, now) && slot.keys[claim.part] === claim.value) {
        return standing.owner === claim.owner ? 'own' : 'taken';
      }
      if (standing.holder !== seen) looks = 0;
      seen = standing.holder;
      const landed = slot?.holders?.[claim.part] === seen;
      if (landed || looks >= patience) {
        const shut = await shutSlot(call, standing.owner, slot, now);
        if (shut && (await takeOver(call, claim, seen))) return hold(claim);
      }
    }
    await call.pause();
  }
}

/** Lets go of markers that this writer got and has no use for. */
export async function release(call: Call, claims: readonly Claim[]): Promise<void> {
  const held = claims.filter((claim) => claim.held);
  await removeMarkers(
    call,
    held.map(({ _id, holder }) => [_id, holder]),
  );
  for (const claim of held) claim.held = false;
}

/** Makes the marker of a value that the record has stay as long as the claim says. `false` when it is not the record's. */
export function prolong(
  call: Call,
  { _id, owner, sweepAt }: Pick<Claim, '_id' | 'owner' | 'sweepAt'>,
): Promise<boolean> {
  return updateIf(call, { _id, owner }, { $max: { sweepAt } });
}

/** The markers of a record that are held under these names. */
export function markersOf(
  kind: string,
  { keys, holders = {} }: Pick<RecordDocument, 'keys' | 'holders'>,
): readonly (readonly [_id: string, holder: string])[] {
  return Object.entries(holders).map(([part, holder]) => {
    return [markerStart(kind, nameOf(part)) + keys[part], holder];
  });
}

/** Removes markers, each only while it is held under its name. */
export async function removeMarkers(
  call: Call,
  markers: readonly (readonly [_id: string, holder: string])[],
): Promise<void> {
  if (markers.length === 0) return;
  // Names of holders are unique, so that no marker matches the name of another.
  const _id = { $in: markers.map(([id]) => id) };
  const holder = { $in: markers.map(([, name]) => name) };
  await call.send((options) => call.records.deleteMany({ _id, holder }, options));
}

function hold(claim: Claim): 'held' {
  claim.held = true;
  return 'held';
}

function takeOver(
  call: Call,
  { _id, owner, holder, sweepAt }: Claim,
  from: string,
): Promise<boolean> {
  return updateIf(call, { _id, holder: from }, { $set: { owner, holder }, $max: { sweepAt } });
}

async function readMarker(call: Call, _id: string): Promise<MarkerDocument | undefined> {
  const found = await call.send((options) => call.records.findOne({ _id }, options));
  return (found ?? undefined) as MarkerDocument | undefined;
}
