import { checkString } from '@gatehouse/core';
import type { Call } from './calls.js';
import { isRefusal } from './failures.js';
import { slackSeconds } from './slots.js';

/**
 * One index of the store.
 *
 * @group store
 */
export interface MongoIndex {
  readonly collection: string;
  readonly key: Readonly<Record<string, 1>>;
  readonly options: { readonly expireAfterSeconds?: number };
}

/** The collection that the counters of limits are in. */
export function countersName(prefix: string): string {
  checkPrefix(prefix);
  return `${prefix}counters`;
}

/** The collection that all records are in. */
export function collectionName(prefix: string): string {
  checkPrefix(prefix);
  return `${prefix}records`;
}

function checkPrefix(prefix: string): void {
  checkString(prefix, 'prefix');
  if (!/^[A-Za-z_][\w-]{0,80}$/.test(prefix)) {
    throw new TypeError('prefix must begin with a letter and have letters, digits, _ and - only');
  }
}

/**
 * The indexes that `open` makes, for teams that make them by hand. They serve every kind and every key, those of plugins too.
 *
 * @param prefix - That of the store.
 * @returns What `createIndex` takes.
 * @example
 * ```ts
 * for (const { collection, key, options } of mongoIndexes()) {
 *   await connection.collection(collection).createIndex(key, options);
 * }
 * ```
 * @group store
 */
export function mongoIndexes(prefix = 'gatehouse_'): readonly MongoIndex[] {
  const collection = collectionName(prefix);
  return [
    { collection, key: { index: 1, _id: 1 }, options: {} },
    { collection, key: { sweepAt: 1 }, options: { expireAfterSeconds: slackSeconds } },
    {
      collection: countersName(prefix),
      key: { expire: 1 },
      options: { expireAfterSeconds: slackSeconds },
    },
  ];
}

// It is there, perhaps with another delay, which a team may choose.
const otherOptions: ReadonlySet<unknown> = new Set([85, 86]);

/** Makes the indexes, however many processes do so at once. */
export async function createIndexes(call: Call, prefix: string): Promise<void> {
  for (const index of mongoIndexes(prefix)) {
    const { options } = index;
    try {
      await createIndex(call, index);
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (otherOptions.has(code)) continue;
      // Without a TTL index `purge` does the same work, by the same field.
      if (options.expireAfterSeconds === undefined || !isRefusal(error)) throw error;
      await createIndex(call, { ...index, options: {} });
    }
  }
}

// While another process makes the same collection or index, engines answer with various codes.
async function createIndex(call: Call, { collection, key, options }: MongoIndex): Promise<void> {
  const target = collection === call.collectionName ? call.records : call.counters;
  for (let attempts = 1; ; attempts += 1) {
    try {
      await call.send((rest) => target.createIndex(key, { ...options, ...rest }));
      return;
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (attempts === 5 || otherOptions.has(code)) throw error;
      await call.pause();
    }
  }
}
