import { isPrecondition, type Store } from '@gatehouse/core';
import { delayedStore } from '@gatehouse/store-contract';
import { testStore } from './test-store.js';

const wait = { minMs: 1, maxMs: 5 };

/**
 * Stores whose calls overtake each other. The second keeps the contract without transactions: each write is a call of its own,
 * preconditions first, in order, so that others see what stands between two writes.
 */
export const slowStores: readonly (readonly [name: string, make: () => Store])[] = [
  ['a slow store', () => delayedStore(testStore(), wait)],
  ['a slow store without transactions', slowStoreWithoutTransactions],
];

function slowStoreWithoutTransactions(): Store {
  return withoutTransactions(delayedStore(testStore(), wait));
}

/** A store that keeps the contract without transactions: what a conflict comes after has been written. */
export function withoutTransactions(store: Store): Store {
  return {
    ...store,
    async commit(writes, now) {
      for (const write of writes) if (isPrecondition(write)) await store.commit([write], now);
      for (const write of writes) if (!isPrecondition(write)) await store.commit([write], now);
    },
  };
}
