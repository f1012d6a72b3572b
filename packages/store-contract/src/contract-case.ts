import type { Store } from '@gatehouse/core';
import type { StartProcesses } from './store-process.js';

/** What a case works with. */
export interface CaseContext {
  /** An opened store without records. */
  readonly store: Store;
  /** The present, as a store with its own sweep sees it too. */
  readonly now: number;
  /** Whether a commit is all or nothing, also when its process is killed. */
  readonly transactions: boolean;
  /** Starts other processes on the same store. Only cases that need processes may call it. */
  readonly startProcesses: StartProcesses;
}

/** What a case cannot do without. */
export type Need = 'findRelated' | 'open' | 'close' | 'purge' | 'limiter' | Capability;

/** One promise of the storage contract, and the test of it. */
export interface ContractCase {
  /** A sentence; authors of stores skip a case by it, so it does not change. */
  readonly name: string;
  /** The optional functions that the case is about, and capabilities that not every store has. */
  readonly needs?: Need | readonly Need[];
  readonly run: (context: CaseContext) => Promise<void>;
}

/**
 * What a store may lack, with a reason: commits that are all or nothing, and the use by other processes.
 *
 * @group store
 */
export type Capability = 'transactions' | 'processes';

/** Cases about one concern. */
export interface CaseGroup {
  readonly concern: string;
  readonly cases: readonly ContractCase[];
}
