import type { UnitOfWork } from '../engine/unit-of-work.js';
import type { StoredRecord } from '../store.js';

/** An account or a client, as something whose grants can be revoked as a whole. */
export type EpochKind = 'AccountEpoch' | 'ClientEpoch';

/**
 * Counts how often everything of an account or client was revoked. Sessions and grants remember the number they were made
 * under, and are dead once it is higher. A counter, and not a time: clocks differ between nodes, and a login in the second of
 * the revocation must be on the right side of it.
 */
export function epochOf(record: StoredRecord | undefined): number {
  return record ? (JSON.parse(record.payload) as { n: number }).n : 0;
}

/** The epoch as the running request sees it. */
export async function loadEpoch(unit: UnitOfWork, kind: EpochKind, id: string): Promise<number> {
  return epochOf(await unit.find(kind, { id }));
}

/** Adds one. A second revocation at the same time conflicts and is tried again by the caller. */
export async function advanceEpoch(unit: UnitOfWork, kind: EpochKind, id: string): Promise<number> {
  const next = (await loadEpoch(unit, kind, id)) + 1;
  unit.save({ kind, id, payload: JSON.stringify({ n: next }), keys: {} });
  return next;
}
