import type { Store } from '@gatehouse/core';
import {
  type ContractRunner,
  countingStore,
  delayedStore,
  storeContract,
  type StoreUnderTest,
} from '@gatehouse/store-contract';
import { memoryStore } from '@gatehouse/store-memory';

type It = (name: string, body: () => Promise<void>, milliseconds?: number) => unknown;

export function patiently(
  { describe, it }: { describe: ContractRunner['describe']; it: It },
  { makeStore }: Required<Pick<StoreUnderTest, 'makeStore'>>,
): void {
  // #region patient
  const patient = (name: string, body: () => Promise<void>) => it(name, body, 60_000);
  storeContract({ describe, it: patient }, { makeStore });
  // #endregion patient
}

export function withoutTransactions(
  { describe, it }: ContractRunner,
  { makeStore }: Required<Pick<StoreUnderTest, 'makeStore'>>,
): void {
  // #region lacks
  storeContract(
    { describe, it },
    { makeStore },
    { lacks: { transactions: 'preconditions go first, in order' } },
  );
  // #endregion lacks
}

export async function count(
  runTheFlow: (store: Store) => Promise<void>,
): Promise<[number, number]> {
  // #region count
  const store = countingStore(delayedStore(memoryStore(), { minMs: 1, maxMs: 5 }));
  await runTheFlow(store);
  const [calls, rounds] = [store.calls(), store.rounds()];
  // #endregion count
  return [calls, rounds];
}
