import type { Store } from '@gatehouse/core';
import { atomicityCases } from './cases/atomicity-cases.js';
import { concurrencyCases } from './cases/concurrency-cases.js';
import { consumeCases } from './cases/consume-cases.js';
import { expiryCases } from './cases/expiry-cases.js';
import { findCases } from './cases/find-cases.js';
import { findRelatedCases } from './cases/find-related-cases.js';
import { hostileValuesCases } from './cases/hostile-values-cases.js';
import { insertCases } from './cases/insert-cases.js';
import { listCases } from './cases/list-cases.js';
import { openCloseCases } from './cases/open-close-cases.js';
import { purgeCases } from './cases/purge-cases.js';
import { putCases } from './cases/put-cases.js';
import { removeAllCases } from './cases/remove-all-cases.js';
import { removeCases } from './cases/remove-cases.js';
import type { CaseGroup, ContractCase } from './contract-case.js';
import { contractKinds } from './fixtures.js';

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
 * What {@link storeContract} tests.
 *
 * @group store
 */
export interface StoreUnderTest {
  /** Makes a store without records. Called for each case; the suite opens it before the case and closes it after. */
  readonly makeStore: () => Promise<Store> | Store;
}

/**
 * Options of {@link storeContract}.
 *
 * @group store
 */
export interface StoreContractOptions {
  /** Reasons by the name of a case in {@link storeContractCases}. A case that is skipped is printed with its reason. */
  readonly skip?: Readonly<Record<string, string>>;
}

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
  { concern: 'open and close', cases: openCloseCases },
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
 * @param options - Which cases the store cannot pass, and why.
 * @throws {TypeError} when a skip has no reason or names no case.
 * @example
 * ```ts
 * import { describe, it } from 'node:test';
 *
 * storeContract({ describe, it }, { makeStore: () => memoryStore() });
 * ```
 * @group store
 */
export function storeContract(
  { describe, it }: ContractRunner,
  underTest: StoreUnderTest,
  { skip = {} }: StoreContractOptions = {},
): void {
  checkSkips(skip);
  describe('store contract', () => {
    for (const { concern, cases } of groups) {
      describe(concern, () => {
        for (const contractCase of cases) {
          const { name } = contractCase;
          const reason = Object.hasOwn(skip, name) ? skip[name] : undefined;
          if (reason === undefined) {
            it(name, () => runCase(contractCase, underTest));
          } else {
            printSkip(name, reason);
            it.skip?.(`${name} [skipped: ${reason}]`, async () => {});
          }
        }
      });
    }
  });
}

async function runCase(
  { name, needs, run }: ContractCase,
  underTest: StoreUnderTest,
): Promise<void> {
  const store = await underTest.makeStore();
  try {
    await store.open?.(contractKinds);
    if (needs !== undefined && store[needs] === undefined) {
      printSkip(name, `the store has no ${needs}`);
      return;
    }
    await run({ store, now: Math.floor(Date.now() / 1000) });
  } finally {
    await store.close?.();
  }
}

function checkSkips(skip: Readonly<Record<string, unknown>>): void {
  for (const [name, reason] of Object.entries(skip)) {
    if (!storeContractCases.includes(name)) {
      throw new TypeError(`skip names no case of the store contract: "${name}"`);
    }
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new TypeError(`skip has no reason for "${name}"`);
    }
  }
}

function printSkip(name: string, reason: string): void {
  console.warn(`store contract: skipped "${name}": ${reason}`);
}
