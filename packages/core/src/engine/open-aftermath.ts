import type { CommitContext } from './commit-context.js';
import { createUnitOfWork, type UnitOfWork } from './unit-of-work.js';

// Five seconds are a request's, of which the store has four.
const leastMilliseconds = 1000;

/** Opens a unit of work for what must end after a request's own commit: it has time for that, whatever the commit has taken. */
export function openAftermath({ left }: UnitOfWork, { store, clock }: CommitContext): UnitOfWork {
  return createUnitOfWork(store, clock, Math.max(left(), leastMilliseconds));
}
