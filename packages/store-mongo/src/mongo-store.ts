import {
  checkCount,
  checkNumber,
  checkString,
  createDeclaredKinds,
  type Store,
} from '@gatehouse/core';
import { type Calls, createCalls, type MongoSource } from './calls.js';
import { applyCommit } from './commit.js';
import type { MongoConnection } from './driver.js';
import { collectionName, countersName, createIndexes } from './indexes.js';
import { createCounter } from './limiter.js';
import { checkName } from './names.js';
import { pendingWrites } from './pending-write.js';
import { purgeExpired } from './purge.js';
import { readRelated } from './read.js';
import { selectOne, selectPage, selectPaths } from './select.js';

/**
 * Options of {@link mongoStore}.
 *
 * @group store
 */
export type MongoStoreOptions = {
  /**
   * Begins the names of the collections.
   *
   * @default 'gatehouse_'
   */
  readonly prefix?: string;
  /**
   * How long a call may take, the wait for a connection included, before it fails and the server answers 503.
   *
   * @default 4000
   */
  readonly timeoutMilliseconds?: number;
  /**
   * Whether `open` makes the indexes. A team that says `false` makes those of `mongoIndexes` itself.
   *
   * @default true
   */
  readonly createIndexes?: boolean;
} & (
  | {
      /** The host's mongoose connection, which stays the host's to close. */
      readonly connection: MongoConnection;
      readonly uri?: never;
    }
  | {
      /** Where the store opens a connection of its own, with the mongoose that is installed. */
      readonly uri: string;
      readonly connection?: never;
    }
);

/**
 * The store that {@link mongoStore} makes: the contract with all of its accelerators.
 *
 * @group store
 */
export type MongoStore = Required<Store>;

// An index of a collection that is full already takes its time.
const indexMilliseconds = 60_000;

/**
 * Makes a store on MongoDB, for one or many server processes: a standalone, a replica set or a sharded cluster.
 *
 * @param options - The host's mongoose connection, or a URI; the other defaults suit most hosts.
 * @returns A store that is right without transactions: each decision is one conditional write of one document.
 * @example
 * ```ts
 * const store = mongoStore({ connection: mongoose.connection });
 * ```
 * @group store
 */
export function mongoStore(options: MongoStoreOptions): MongoStore {
  const source = sourceOf(options);
  const {
    prefix = 'gatehouse_',
    timeoutMilliseconds = 4000,
    createIndexes: makes = true,
  } = options;
  checkCount(timeoutMilliseconds, 'timeoutMilliseconds');
  const collection = collectionName(prefix);
  const calls: Calls = createCalls(source, {
    collection,
    counters: countersName(prefix),
    timeoutMilliseconds,
  });
  const kinds = createDeclaredKinds({ checkName });

  // Arguments are checked and copied before anything else runs.
  return {
    name: 'mongo',
    durable: true,

    async open(declared) {
      kinds.declare(declared);
      calls.reopen();
      // A server that starts may find its database starting too.
      const times = { connect: 3 * timeoutMilliseconds, work: indexMilliseconds };
      await calls.run(async (call) => {
        if (makes) await createIndexes(call, prefix);
      }, times);
    },

    async find(kind, by, now) {
      const selection = selectOne(kinds.of(kind), by);
      checkNumber(now, 'now');
      return (await calls.run((call) => readRelated(call, selection, [], now)))?.record;
    },

    async findRelated(kind, by, relations, now) {
      const selection = selectOne(kinds.of(kind), by);
      const paths = selectPaths(kinds, selection.kind, relations);
      checkNumber(now, 'now');
      return calls.run((call) => readRelated(call, selection, paths, now));
    },

    async list(kind, by, listOptions) {
      return calls.run(selectPage(kinds.of(kind), by, listOptions));
    },

    async commit(writes, now) {
      const pending = pendingWrites(kinds, writes);
      checkNumber(now, 'now');
      if (writes.length > 0) await calls.run((call) => applyCommit(call, pending, now));
    },

    async purge(now, limit) {
      checkNumber(now, 'now');
      checkCount(limit, 'limit');
      return calls.run((call) => purgeExpired(call, now, limit));
    },

    limiter: (counterOptions) => createCounter(calls, counterOptions),

    /** Waits for the calls before it, and closes the connection if it is the store's own. */
    close: () => calls.close(),
  };
}

// Without types nothing needs to be there.
function sourceOf(options: MongoStoreOptions | undefined): MongoSource {
  const { connection, uri } = options ?? {};
  if (uri !== undefined && connection === undefined) {
    checkString(uri, 'uri');
    return { uri };
  }
  const usable =
    typeof connection?.getClient === 'function' && typeof connection.asPromise === 'function';
  if (!usable || uri !== undefined) {
    throw new TypeError(
      'mongoStore needs a mongoose connection or a uri, and not both: write mongoStore({ connection: mongoose.connection })',
    );
  }
  return { connection };
}
