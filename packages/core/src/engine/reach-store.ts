import type { Limiter } from '../app/limits.js';
import { inTime, storeMilliseconds } from '../bounded-store.js';
import { type Store, StoreConflict } from '../store.js';
import { findUnitOfWork } from './unit-of-work.js';

/** Runs a call of the store that goes past the unit of work, and tells it when the store is out of reach. */
export async function reachStore<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof StoreConflict)) findUnitOfWork()?.fail(error);
    throw error;
  }
}

/** A store for plugins: when it is out of reach in a request, the person or client is told so. */
export function reachedStore(store: Store): Store {
  const { findRelated } = store;
  return {
    ...store,
    find: (...args) => reachStore(() => store.find(...args)),
    commit: (...args) => reachStore(() => store.commit(...args)),
    list: (...args) => reachStore(() => store.list(...args)),
    ...(findRelated
      ? { findRelated: (...args) => reachStore(() => findRelated.apply(store, args)) }
      : {}),
  };
}

/** A limiter that counts in the store: out of reach, it ends the request as the store does, and not later. */
export function reachedLimiter(limiter: Limiter, storeName: string): Limiter {
  const reach = <Result>(call: () => Promise<Result>): Promise<Result> =>
    reachStore(() => inTime(`the store ${storeName}`, storeMilliseconds, call));
  return {
    peek: (key) => reach(() => limiter.peek(key)),
    consume: (key) => reach(() => limiter.consume(key)),
    refund: (key) => reach(() => limiter.refund(key)),
    reset: (key) => reach(() => limiter.reset(key)),
  };
}
