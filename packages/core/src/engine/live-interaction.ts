import type { Secrets } from '../secrets.js';
import type { StoredRecord } from '../store.js';
import { storedIdOf } from './records.js';
import type { UnitOfWork } from './unit-of-work.js';

// A person who still has the page of an earlier step open is led to the step that the request is at now. The receipt of the
// finished interaction names it; sealed, so that the store alone does not. The page itself still asks for its cookie.

/** Notes in the receipt of the interaction that this request finished which one took over. */
export function linkLiveInteraction(unit: UnitOfWork, uid: string, secrets: Secrets): void {
  const { finishedInteraction } = unit.notes;
  if (finishedInteraction === undefined) return;
  const id = storedIdOf('Interaction', finishedInteraction);
  unit.addReceipt('Interaction', id, secrets.seal('live', uid, id));
}

/** The uid of the interaction that took over, if one did. */
export function openLiveInteraction(record: StoredRecord, secrets: Secrets): string | undefined {
  const { receipt } = record.consumed ?? {};
  return receipt === undefined ? undefined : secrets.open('live', receipt, record.id);
}
