import type { Store } from '@gatehouse/core';
import { atomicityCases } from './cases/atomicity-cases.js';
import { concurrencyCases } from './cases/concurrency-cases.js';
import { consumeCases } from './cases/consume-cases.js';
import { expiryCases } from './cases/expiry-cases.js';
import { findCases } from './cases/find-cases.js';
import { findRelatedCases } from './cases/find-related-cases.js';
import { hostileValuesCases } from './cases/hostile-values-cases.js';
import { insertCases } from './cases/insert-cases.js';
import { limiterCases } from './cases/limiter-cases.js';
import { listCases } from './cases/list-cases.js';
import { openCloseCases } from './cases/open-close-cases.js';
import { processCases } from './cases/process-cases.js';
import { purgeCases } from './cases/purge-cases.js';
import { putCases } from './cases/put-cases.js';
import { removeAllCases } from './cases/remove-all-cases.js';
import { removeCases } from './cases/remove-cases.js';
import type { Capability, CaseGroup } from './contract-case.js';
import { printSkip, runCase } from './run-case.js';

/**
 * The functions of a test framework that {@link storeContract} needs; those of Jest and of `node:test` fit.
 *
 * @group store
 */
export interface ContractRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: ((name: string, body: () => Promise<void>) => unknown) & {
    readonly skip?: (name: string, body: () => Promise<void>) => unknown;
  };
}

/**
 * What the makers of a store are called with: the `config` of {@link StoreUnderTest}, and a name that is new for each case.
 *
 * @group store
 */
export interface StoreConfig {
  readonly [option: string]: unknown;
  /** A letter and up to eleven letters and digits: a prefix, a schema, a file name. Stores of one space share their records. */
  readonly space: string;
}

/**
 * What {@link storeContract} tests: at least one of `makeStore` and `module`.
 *
 * @group store
 */
export interface StoreUnderTest {
  /** Makes a store without records. Called for each case; the suite opens it before the case and closes it after. */
  readonly makeStore?: (config: StoreConfig) => Promise<Store> | Store;
  /**
   * URL of built JavaScript that exports `makeStore(config)`, so that other processes can open the same store. It may export
   * `removeStore(config)`, which is called after each case.
   */
  readonly module?: string | URL;
  /** Handed to the makers, in this and in other processes, so it is what JSON can hold. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * Options of {@link storeContract}.
 *
 * @group store
 */
export interface StoreContractOptions {
  /** Reasons by the name of a case in {@link storeContractCases}. A case that is skipped is printed with its reason. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Reasons by what the store lacks, each printed. The cases that need it pass without a look at the store. */
  readonly lacks?: Readonly<Partial<Record<Capability, string>>>;
}

const capabilities: readonly Capability[] = ['transactions', 'processes'];

const groups: readonly CaseGroup[] = [
  { concern: 'insert', cases: insertCases },
  { concern: 'put', cases: putCases },
  { concern: 'consume', cases: consumeCases },
  { concern: 'remove', cases: removeCases },
  { concern: 'removeAll', cases: removeAllCases },
  { concern: 'find', cases: findCases },
  { concern: 'list', cases: listCases },
  { concern: 'expiry', cases: expiryCases },
  { concern: 'hostile values', cases: hostileValuesCases },
  { concern: 'atomicity', cases: atomicityCases },
  { concern: 'concurrency', cases: concurrencyCases },
  { concern: 'findRelated', cases: findRelatedCases },
  { concern: 'purge', cases: purgeCases },
  { concern: 'limiter', cases: limiterCases },
  { concern: 'open and close', cases: openCloseCases },
  { concern: 'many processes', cases: processCases },
];

/**
 * The name of every case, in the order in which they run.
 *
 * @group store
 */
export const storeContractCases: readonly string[] = Object.freeze(
  groups.flatMap(({ cases }) => cases.map(({ name }) => name)),
);

/**
 * Defines the tests that every store must pass.
 *
 * @param runner - `describe` and `it` of the test framework.
 * @param underTest - The store.
 * @param options - What the store lacks, which cases it cannot pass, and why.
 * @throws {TypeError} when a reason is missing, or names no case or capability.
 * @example
 * ```ts
 * import { describe, it } from 'node:test';
 *
 * storeContract({ describe, it }, { makeStore: () => memoryStore() }, {
 *   lacks: { processes: 'the records are those of one process' },
 * });
 * ```
 * @group store
 */
export function storeContract(
  { describe, it }: ContractRunner,
  underTest: StoreUnderTest,
  { skip = {}, lacks = {} }: StoreContractOptions = {},
): void {
  checkReasons('skip', skip, storeContractCases);
  checkReasons('lacks', lacks, capabilities);
  for (const [capability, reason] of Object.entries(lacks)) {
    console.warn(`store contract: the store lacks ${capability}: ${reason}`);
  }
  describe('store contract', () => {
    for (const { concern, cases } of groups) {
      describe(concern, () => {
        for (const contractCase of cases) {
          const { name } = contractCase;
          const reason = Object.hasOwn(skip, name) ? skip[name] : undefined;
          if (reason === undefined) {
            it(name, () => runCase(contractCase, underTest, lacks));
          } else {
            printSkip(name, reason);
            it.skip?.(`${name} [skipped: ${reason}]`, async () => {});
          }
        }
      });
    }
  });
}

function checkReasons(
  option: string,
  reasons: Readonly<Record<string, unknown>>,
  names: readonly string[],
): void {
  for (const [name, reason] of Object.entries(reasons)) {
    if (!names.includes(name)) {
      throw new TypeError(`${option} names nothing of the store contract: "${name}"`);
    }
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new TypeError(`${option} has no reason for "${name}"`);
    }
  }
}
