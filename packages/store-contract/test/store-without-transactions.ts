import { isPrecondition, type Store, StoreConflict } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { mutate } from './mutant.js';

/** A store that keeps the contract without transactions: preconditions first, in order, and the plain writes after. */
export const storeWithoutTransactions: () => Store = mutate((store) => {
  const scratch = memoryStore();
  return {
    async open(kinds) {
      await scratch.open(kinds);
      await store.open(kinds);
    },
    async commit(writes, now) {
      // What is malformed is refused before anything is written.
      for (const write of writes) {
        await scratch.commit([write], now).catch((error) => {
          if (!(error instanceof StoreConflict)) throw error;
        });
      }
      for (const write of writes) if (isPrecondition(write)) await store.commit([write], now);
      for (const write of writes) if (!isPrecondition(write)) await store.commit([write], now);
    },
  };
});
