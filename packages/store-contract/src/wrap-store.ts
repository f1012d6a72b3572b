import type { Store } from '@gatehouse/core';

/** Puts something around every call of a store; what the store lacks, the wrapped one lacks too. */
export function wrapStore(
  store: Store,
  around: <Result>(call: () => Promise<Result>) => Promise<Result>,
): Store {
  const { findRelated, open, close, purge } = store;
  return {
    name: store.name,
    durable: store.durable,
    find: (...args) => around(() => store.find(...args)),
    commit: (...args) => around(() => store.commit(...args)),
    list: (...args) => around(() => store.list(...args)),
    ...(findRelated && { findRelated: (...args) => around(() => findRelated.apply(store, args)) }),
    ...(open && { open: (...args) => around(() => open.apply(store, args)) }),
    ...(close && { close: (...args) => around(() => close.apply(store, args)) }),
    ...(purge && { purge: (...args) => around(() => purge.apply(store, args)) }),
  };
}
