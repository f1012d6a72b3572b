import { type Store, StoreConflict, type Write } from './store.js';

/** Commits, and answers whether the preconditions held. */
export async function tryCommit(
  store: Pick<Store, 'commit'>,
  writes: readonly Write[],
  now: number,
): Promise<boolean> {
  try {
    await store.commit(writes, now);
    return true;
  } catch (error) {
    if (error instanceof StoreConflict) return false;
    throw error;
  }
}
