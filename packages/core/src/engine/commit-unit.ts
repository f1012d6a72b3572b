import type { Clock } from '../clock.js';
import { type Store, StoreConflict } from '../store.js';
import { createUnitOfWork, type UnitOfWork } from './unit-of-work.js';

const attempts = 10;

/**
 * Does work in a unit of its own, and commits it; in a new one, on what is there then, where somebody else was first. For what the host
 * calls: a request has its own way to answer a conflict.
 */
export async function commitUnit(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  work: (unit: UnitOfWork) => Promise<void> | void,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const unit = createUnitOfWork(store, clock);
    await work(unit);
    try {
      return await unit.commit();
    } catch (error) {
      if (!(error instanceof StoreConflict) || attempt === attempts) throw error;
    }
  }
}
