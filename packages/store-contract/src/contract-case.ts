import type { Store } from '@gatehouse/core';

/** What a case works with. */
export interface CaseContext {
  /** An opened store without records. */
  readonly store: Store;
  /** The present, as a store with its own sweep sees it too. */
  readonly now: number;
}

/** One promise of the storage contract, and the test of it. */
export interface ContractCase {
  /** A sentence; authors of stores skip a case by it, so it does not change. */
  readonly name: string;
  /** The optional function that the case is about. */
  readonly needs?: 'findRelated' | 'open' | 'close' | 'purge';
  readonly run: (context: CaseContext) => Promise<void>;
}

/** Cases about one concern. */
export interface CaseGroup {
  readonly concern: string;
  readonly cases: readonly ContractCase[];
}
