import type { Counter, Store } from '@gatehouse/core';

type Around = <Result>(call: () => Promise<Result>) => Promise<Result>;

/** Puts something around every call of a store; what the store lacks, the wrapped one lacks too. */
export function wrapStore(store: Store, around: Around): Store {
  const { findRelated, open, close, purge, limiter } = store;
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
    ...(limiter && { limiter: (options) => wrapCounter(limiter.call(store, options), around) }),
  };
}

function wrapCounter(counter: Counter, around: Around): Counter {
  return {
    get: (key) => around(() => counter.get(key)),
    consume: (key) => around(() => counter.consume(key)),
    reward: (key, points) => around(() => counter.reward(key, points)),
    delete: (key) => around(() => counter.delete(key)),
  };
}
