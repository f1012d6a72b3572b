import {
  checkCount,
  checkNumber,
  checkString,
  createDeclaredKinds,
  cursorOf,
  type RelatedRecords,
  type Store,
} from '@gatehouse/core';
import { applyCommit } from './commit.js';
import { createConnections, isAnswer, type Row, type Statement } from './connections.js';
import { createCounter } from './limiter.js';
import { openSchema } from './open-schema.js';
import { pendingWrites } from './pending-write.js';
import { createPool, type OwnPool, type PostgresPool } from './postgres-pool.js';
import { purgeExpired } from './purge.js';
import { recordOf } from './records.js';
import { repeated } from './repeated.js';
import { tableNames } from './schema.js';
import { selectOne, selectPage, selectRelated } from './select.js';
import { checkName } from './text.js';

/**
 * Options of {@link postgresStore}.
 *
 * @group store
 */
export type PostgresStoreOptions = {
  /**
   * Begins the name of the table and of its indexes.
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
   * Whether the start of the server makes what the schema lacks. Off, it fails with the SQL that is to be run.
   *
   * @default true
   */
  readonly createSchema?: boolean;
  /**
   * Whether the database keeps the plans of statements. Off for poolers that hand a statement to any connection.
   *
   * @default true
   */
  readonly preparedStatements?: boolean;
} & (
  | {
      /** The host's `pg` pool, which stays the host's to end. */
      readonly pool: PostgresPool;
      readonly uri?: never;
    }
  | {
      /** Where the store opens a pool of its own, with the `pg` that is installed. */
      readonly uri: string;
      readonly pool?: never;
    }
);

/**
 * The store that {@link postgresStore} makes: the contract with all of its accelerators.
 *
 * @group store
 */
export type PostgresStore = Required<Store>;

/**
 * Makes a store on PostgreSQL, for one or many server processes.
 *
 * @param options - The host's `pg` pool, or a URI; the other defaults suit most hosts.
 * @returns A store whose every commit is one transaction, and most often one round trip.
 * @example
 * ```ts
 * const store = postgresStore({ pool });
 * ```
 * @group store
 */
export function postgresStore(options: PostgresStoreOptions): PostgresStore {
  checkSource(options);
  const { prefix = 'gatehouse_', timeoutMilliseconds = 4000 } = options;
  const { createSchema = true, preparedStatements = true } = options;
  const tables = tableNames(prefix);
  const { records: table } = tables;
  checkCount(timeoutMilliseconds, 'timeoutMilliseconds');
  const kinds = createDeclaredKinds({ checkName });
  let own: Promise<OwnPool> | undefined;

  function poolOf(): PostgresPool | Promise<PostgresPool> {
    if (options.pool) return options.pool;
    own ??= createPool(options.uri, timeoutMilliseconds);
    return own;
  }

  const connections = createConnections(poolOf, {
    timeoutMilliseconds,
    prepare: preparedStatements,
  });

  async function read(statement: Statement): Promise<readonly Row[]> {
    const started = performance.now();
    const attempt = (milliseconds: number): Promise<readonly Row[]> =>
      connections.use((send) => repeated(() => send(statement)), milliseconds);
    try {
      return await attempt(timeoutMilliseconds);
    } catch (error) {
      // The connection was lost, e.g. in a failover: another one may be there, and a read can be repeated.
      const left = timeoutMilliseconds - (performance.now() - started);
      if (left < timeoutMilliseconds / 2 || isAnswer(error)) throw error;
      return attempt(Math.floor(left));
    }
  }

  return {
    name: 'postgres',
    durable: true,

    async open(declared) {
      // Before the schema changes: what is refused here must not have dropped an index.
      kinds.declare(declared);
      await openSchema(connections, {
        prefix,
        kinds: declared.map(({ kind }) => kinds.of(kind)),
        create: createSchema,
      });
    },

    async find(kind, by, now) {
      const [row] = await read(selectOne(table, kinds.of(kind), by, now));
      return row && recordOf(row);
    },

    async findRelated(kind, by, relations, now) {
      const rows = await read(selectRelated(table, kinds, { kind, by, relations, now }));
      return relatedOf(rows);
    },

    async list(kind, by, options) {
      const { statement, limit } = selectPage(table, kinds.of(kind), by, options);
      const records = (await read(statement)).map(recordOf);
      const last = records[limit - 1];
      if (records.length <= limit || last === undefined) return { records };
      return { records: records.slice(0, limit), cursor: cursorOf(last.id) };
    },

    async commit(writes, now) {
      const pending = pendingWrites(kinds, writes);
      checkNumber(now, 'now');
      await applyCommit(connections, { table, writes: pending, now });
    },

    limiter: (counterOptions) => createCounter(connections, tables.counters, counterOptions),

    purge: (now, limit) => purgeExpired(connections, tables, now, limit),

    /** Waits for the calls before it, and ends the pool if it is the store's own. */
    async close() {
      await connections.idle();
      const ending = own;
      own = undefined;
      await (await ending)?.end();
    },
  };
}

// Without types nothing needs to be there.
function checkSource(options: PostgresStoreOptions | undefined): void {
  const { pool, uri } = options ?? {};
  if (uri !== undefined && pool === undefined) {
    checkString(uri, 'uri');
  } else if (uri !== undefined || typeof pool?.connect !== 'function') {
    throw new TypeError(
      'postgresStore needs a Pool of pg or a uri, and not both: write postgresStore({ pool: new pg.Pool({ … }) })',
    );
  }
}

function relatedOf(rows: readonly Row[]): RelatedRecords | undefined {
  const [first, ...others] = rows.map(([, ...row]) => recordOf(row));
  if (first === undefined) return undefined;
  // Two relations may lead to one record.
  const related = new Map(others.map((one) => [JSON.stringify([one.kind, one.id]), one]));
  return { record: first, related: [...related.values()] };
}
