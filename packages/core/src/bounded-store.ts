import type { Store } from './store.js';
import { wrapStore } from './wrap-store.js';

/** The store did not answer in time. What became of a write is not known. */
export class StoreTimeout extends Error {
  override readonly name = 'StoreTimeout';
}

/** A request has five seconds to say that it cannot be served; the rest is for everything that is not the store. */
export const storeMilliseconds = 4000;

// These are not part of a request, and take as long as they take.
const unbounded: ReadonlySet<string> = new Set([
  'open',
  'close',
  'purge',
] satisfies (keyof Store)[]);

/**
 * A store whose calls end in time, whatever its driver does: a database that hangs must not hang a request, which has five
 * seconds to say that it cannot be served.
 *
 * @param left milliseconds that a call may take, asked when it starts
 */
export function boundedStore(store: Store, left: () => number): Store {
  const who = `the store ${store.name}`;
  return wrapStore(store, (call, name) => {
    if (unbounded.has(name)) return call();
    const milliseconds = left();
    // What starts after the end would be told to have failed, and be done all the same.
    if (milliseconds <= 0) return Promise.reject(new StoreTimeout(`no time is left for ${who}`));
    return inTime(who, milliseconds, call);
  });
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
    // Each request passes here several times, so without a promise more than needed.
    call().then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
