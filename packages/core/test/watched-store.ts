import type { Store, Write } from '@gatehouse/core';
import { testStore } from './test-store.js';

/** A store where a test can act between what a request reads and what it commits. */
export interface WatchedStore extends Store {
  /** Runs once, before the next commit for which it is wanted. */
  before(isWanted: (writes: readonly Write[]) => boolean, act: () => Promise<unknown>): void;
}

/** Makes one in front of another, by default one of the kind under test. */
export function watchedStore(store: Store = testStore()): WatchedStore {
  let waiting:
    | { isWanted: (writes: readonly Write[]) => boolean; act: () => Promise<unknown> }
    | undefined;
  return {
    ...store,
    before(isWanted, act) {
      waiting = { isWanted, act };
    },
    async commit(writes, now) {
      const current = waiting;
      if (current?.isWanted(writes)) {
        waiting = undefined;
        await current.act();
      }
      await store.commit(writes, now);
    },
  };
}

/** Whether a commit writes a record of the kind. */
export function writes(kind: string): (writes: readonly Write[]) => boolean {
  return (all) =>
    all.some(
      (write) =>
        ('insert' in write && write.insert.kind === kind) ||
        ('put' in write && write.put.kind === kind),
    );
}

/** Whether a commit consumes a record of the kind. */
export function consumes(kind: string): (writes: readonly Write[]) => boolean {
  return (all) => all.some((write) => 'consume' in write && write.consume.kind === kind);
}
