import type { Store } from '@gatehouse/core';
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

/** Makes one in front of a store of the kind under test. */
export function breakableStore(): BreakableStore {
  const store = testStore();
  const { findRelated } = store;
  let broken: readonly StoreCall[] = [];
  const reach = (call: StoreCall): void => {
    if (broken.includes(call)) throw new Error(driverError);
  };
  return {
    ...store,
    async find(...args) {
      reach('find');
      return store.find(...args);
    },
    ...(findRelated && {
      async findRelated(...args: Parameters<typeof findRelated>) {
        reach('findRelated');
        return findRelated.apply(store, args);
      },
    }),
    async commit(...args) {
      reach('commit');
      return store.commit(...args);
    },
    async list(...args) {
      reach('list');
      return store.list(...args);
    },
    break(...calls) {
      broken = calls.length === 0 ? ['find', 'findRelated', 'commit', 'list'] : calls;
    },
    mend() {
      broken = [];
    },
  };
}
