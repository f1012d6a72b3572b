import type { NewRecord, StoredRecord, Write } from '../store.js';

/** The consume of a commit. */
export type Consume = Extract<Write, { consume: unknown }>['consume'];
/** The removal of all records that have a key. */
export type RemoveAll = Extract<Write, { removeAll: unknown }>['removeAll'];

/** One record as this request knows it: what the store said, and what is pending. */
export interface Entry {
  stored: StoredRecord | undefined;
  next: NewRecord | undefined;
  consume: Consume | undefined;
  /** `alone` needs a write of its own; `forgotten` goes with a `removeAll`, or was never stored. */
  removed: 'no' | 'alone' | 'forgotten';
}

/** A record that this request knows nothing of yet. */
export function newEntry(): Entry {
  return { stored: undefined, next: undefined, consume: undefined, removed: 'no' };
}

/** The record as it is after the pending writes. */
export function viewOf({ stored, next, consume, removed }: Entry): StoredRecord | undefined {
  if (removed !== 'no') return undefined;
  const record: StoredRecord | undefined = next
    ? { ...stored, ...next, revision: stored?.revision ?? 0 }
    : stored;
  if (!record || !consume || record.consumed) return record;
  return { ...record, consumed: { attempt: consume.attempt, at: 0 } };
}

/** A record of the kind that has the key now. */
export function findByKey(
  entries: ReadonlyMap<string, Entry>,
  kind: string,
  key: string,
  value: string,
): Entry | undefined {
  for (const [name, entry] of entries) {
    if (name.startsWith(`${kind}\0`) && viewOf(entry)?.keys[key] === value) return entry;
  }
  return undefined;
}

/**
 * The pending writes, preconditions first: where a store has no transaction, a conflict then leaves nothing of the rest behind.
 * What an account allowed a client comes first of all, since two browsers may be about to write it: who meets the other's tries again
 * with nothing spent.
 * Replay ids come before what is handed out, so that a store may put both in one ordered insert. An interaction is answered after
 * what the answer says was kept: tried again after a conflict, it would be found answered, and the rest lost. A refresh token is
 * consumed last of them: its receipt leads to the successor, which whoever reads it must find.
 */
export function writesOf(
  entries: ReadonlyMap<string, Entry>,
  overwrites: readonly NewRecord[],
  removals: readonly RemoveAll[],
): Write[] {
  const consents: Write[] = [];
  const consumes: Write[] = [];
  const puts: Write[] = [];
  const inserts: Write[] = [];
  const answers: Write[] = [];
  const rotations: Write[] = [];
  const removes: Write[] = [];
  for (const [name, { stored, next, consume, removed }] of entries) {
    const [kind = '', id = ''] = split(name);
    if (consume) (kind === 'RefreshToken' ? rotations : consumes).push({ consume });
    if (removed === 'alone') removes.push({ remove: { kind, id } });
    if (removed !== 'no' || !next) continue;
    const write = stored ? { put: next, ifRevision: stored.revision } : { insert: next };
    if (kind === 'Consent') consents.push(write);
    else if (stored) (kind === 'Interaction' ? answers : puts).push(write);
    else if (kind === 'ReplayDetection') inserts.unshift(write);
    else inserts.push(write);
  }
  return [
    ...consents,
    ...consumes,
    ...puts,
    ...inserts,
    ...answers,
    ...rotations,
    ...overwrites.map((put) => ({ put })),
    ...removes,
    ...removals.map((removeAll) => ({ removeAll })),
  ];
}

function split(name: string): [string, string] {
  const at = name.indexOf('\0');
  return [name.slice(0, at), name.slice(at + 1)];
}
