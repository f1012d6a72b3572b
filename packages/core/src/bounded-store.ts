import type { Store } from './store.js';

/** The store did not answer in time. What became of a write is not known. */
export class StoreTimeout extends Error {
  override readonly name = 'StoreTimeout';
}

/** A request has five seconds to say that it cannot be served; the rest is for everything that is not the store. */
export const storeMilliseconds = 4000;

/**
 * A store whose calls end in time, whatever its driver does: a database that hangs must not hang a request, which has five
 * seconds to say that it cannot be served.
 *
 * @param left milliseconds that a call may take, asked when it starts
 */
export function boundedStore(store: Store, left: () => number): Store {
  const { findRelated, purge, open, close } = store;

  const within = <Result>(call: () => Promise<Result>): Promise<Result> =>
    inTime(`the store ${store.name}`, left(), call);

  return {
    name: store.name,
    durable: store.durable,
    find: (...args) => within(() => store.find(...args)),
    commit: (...args) => within(() => store.commit(...args)),
    list: (...args) => within(() => store.list(...args)),
    ...(findRelated
      ? { findRelated: (...args) => within(() => findRelated.apply(store, args)) }
      : {}),
    // These are not part of a request, and take as long as they take.
    ...(purge ? { purge: (...args) => purge.apply(store, args) } : {}),
    ...(open ? { open: (...args) => open.apply(store, args) } : {}),
    ...(close ? { close: () => close.apply(store) } : {}),
  };
}

/**
 * What a call gives, or an error when its time is over. The call itself is not stopped.
 *
 * @param who - Begins the message, e.g. `the store memory`.
 * @throws {StoreTimeout}
 */
export function inTime<Result>(
  who: string,
  milliseconds: number,
  call: () => Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new StoreTimeout(`${who} did not answer in time`));
    const timer = setTimeout(giveUp, Math.max(0, milliseconds));
    call()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
