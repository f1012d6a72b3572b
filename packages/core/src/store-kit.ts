// What a store needs of core: the contract, and the checks of its arguments. Nothing here loads the server.
export * from './store.js';
export type * from './counter.js';
export * from './store-arguments.js';
export * from './declared-kinds.js';
export * from './check-selection.js';
export * from './check-writes.js';
export * from './wrap-store.js';
export * from './cursor.js';
export * from './encode-text.js';
