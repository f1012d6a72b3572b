import type { KeyObject } from 'node:crypto';
import type { CompactJWSHeaderParameters } from 'jose';
import { isCounterState } from '../app/create-limiter.js';
import type { Limiter } from '../app/limits.js';
import { boundedStore, inTime, storeMilliseconds } from '../bounded-store.js';
import type { SigningKeys } from '../issue/keys.js';
import { type Store, StoreConflict } from '../store.js';
import { wrapStore } from '../wrap-store.js';
import { findUnitOfWork } from './unit-of-work.js';

// What a request waits for the store, it waits in all: past the unit of work too.
function left(): number {
  return findUnitOfWork()?.left() ?? storeMilliseconds;
}

// The person or client is told that the store is out of reach. A count that is full is no error.
async function noteFailure<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const isAnswer = error instanceof StoreConflict || isCounterState(error);
    if (!isAnswer) findUnitOfWork()?.fail(error);
    throw error;
  }
}

/** A store for what goes past the unit of work: within the time that the running request has left. */
export function reachedStore(store: Store): Store {
  return wrapStore(boundedStore(store, left), noteFailure);
}

/** A limiter that counts in the store: out of reach, it ends the request as the store does, and not later. */
export function reachedLimiter(limiter: Limiter, storeName: string): Limiter {
  const reach = <Result>(call: () => Promise<Result>): Promise<Result> =>
    noteFailure(() => inTime(`the store ${storeName}`, left(), call));
  return {
    peek: (key) => reach(() => limiter.peek(key)),
    consume: (key) => reach(() => limiter.consume(key)),
    refund: (key) => reach(() => limiter.refund(key)),
    reset: (key) => reach(() => limiter.reset(key)),
  };
}

/**
 * Verifies what a caller shows by the key that its header names. Whatever is wrong with it, it proves nothing; but a key that is
 * out of reach makes nothing wrong.
 *
 * @param verify - Gets the lookup of the key, which fails when there is none.
 */
export async function verifyByKeys<Result>(
  keys: Pick<SigningKeys, 'find'>,
  verify: (
    keyOf: (header: CompactJWSHeaderParameters) => Promise<KeyObject>,
  ) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  try {
    return await verify(async ({ alg, kid }) => {
      const header = { alg, ...(kid === undefined ? {} : { kid }) };
      const key = await noteFailure(() => inTime('the key ring', left(), () => keys.find(header)));
      if (!key) throw new Error('no key');
      return key;
    });
  } catch {
    const failure = findUnitOfWork()?.failure;
    if (failure !== undefined) throw failure;
    return undefined;
  }
}
