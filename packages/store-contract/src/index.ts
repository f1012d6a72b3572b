export { type CountingStore, countingStore } from './counting-store.js';
export { type DelayedStoreOptions, delayedStore } from './delayed-store.js';
export type { Capability } from './contract-case.js';
export {
  type ContractRunner,
  type StoreConfig,
  type StoreContractOptions,
  type StoreUnderTest,
  storeContract,
  storeContractCases,
} from './store-contract.js';
