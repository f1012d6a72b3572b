import type { Counter } from './counter.js';
import type { Store } from './store.js';

/**
 * What is put around a call of a store.
 *
 * @group store
 */
export type AroundCall = <Result>(
  call: () => Promise<Result>,
  name: Exclude<keyof Store, 'name' | 'durable'>,
) => Promise<Result>;

/**
 * Puts something around every call of a store, those of its counters too; what the store lacks, the wrapped one lacks too.
 *
 * @group store
 */
export function wrapStore(store: Store, around: AroundCall): Store {
  const { findRelated, open, close, purge, limiter } = store;
  return {
    name: store.name,
    durable: store.durable,
    find: (...args) => around(() => store.find(...args), 'find'),
    commit: (...args) => around(() => store.commit(...args), 'commit'),
    list: (...args) => around(() => store.list(...args), 'list'),
    ...(findRelated && {
      findRelated: (...args) => around(() => findRelated.apply(store, args), 'findRelated'),
    }),
    ...(open && { open: (...args) => around(() => open.apply(store, args), 'open') }),
    ...(close && { close: (...args) => around(() => close.apply(store, args), 'close') }),
    ...(purge && { purge: (...args) => around(() => purge.apply(store, args), 'purge') }),
    ...(limiter && { limiter: (options) => wrapCounter(limiter.call(store, options), around) }),
  };
}

function wrapCounter(counter: Counter, around: AroundCall): Counter {
  return {
    get: (key) => around(() => counter.get(key), 'limiter'),
    consume: (key) => around(() => counter.consume(key), 'limiter'),
    reward: (key, points) => around(() => counter.reward(key, points), 'limiter'),
    delete: (key) => around(() => counter.delete(key), 'limiter'),
  };
}
