import type { Store } from '@gatehouse/core';
import { type MemoryStore, memoryStore } from '@gatehouse/store-memory';

/** A store with one mistake that authors of stores make, and a case that must catch it. */
export interface Mutant {
  readonly mistake: string;
  readonly caughtBy: string;
  readonly makeStore: () => Store;
}

/** Makes stores like the memory store, but for the functions given. */
export function mutate(mistakesOf: (store: MemoryStore) => Partial<Store>): () => Store {
  return () => {
    const store = memoryStore();
    return { ...store, ...mistakesOf(store) };
  };
}
