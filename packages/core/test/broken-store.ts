import { type Store, wrapStore } from '@gatehouse/core';
import { testStore } from './test-store.js';

/** Calls of a store that can be made to fail. */
export type StoreCall = 'find' | 'findRelated' | 'commit' | 'list';

/** A store that can be put out of reach, whole or for some of its calls. */
export interface BreakableStore extends Store {
  break(...calls: readonly StoreCall[]): void;
  mend(): void;
}

/** What a driver might say: an address and a password, which nobody may read. */
export const driverError = 'connect ECONNREFUSED mongodb://root:hunter2@10.0.0.7:27017';

/** Makes one in front of another, by default one of the kind under test. */
export function breakableStore(store: Store = testStore()): BreakableStore {
  let broken = new Set<string>();
  return {
    ...wrapStore(store, async (call, name) => {
      if (broken.has(name)) throw new Error(driverError);
      return call();
    }),
    break(...calls) {
      broken = new Set(calls.length === 0 ? ['find', 'findRelated', 'commit', 'list'] : calls);
    },
    mend() {
      broken.clear();
    },
  };
}
