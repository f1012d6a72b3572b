import { type MemoryStoreOptions, memoryStore } from '@gatehouse/store-memory';
import { type MongoConnection, type MongoStoreOptions, mongoStore } from '@gatehouse/store-mongo';
import {
  type PostgresPool,
  type PostgresStoreOptions,
  postgresStore,
} from '@gatehouse/store-postgres';
import { type Every, given } from './every.js';

// #region memory
export const memory = {
  // What one process holds before it refuses more. Production refuses this store at all.
  maxRecords: 100_000,
} satisfies Every<MemoryStoreOptions>;

export const inMemory = () => memoryStore(memory);
// #endregion memory

// #region mongo
export const mongo = {
  // For two servers on one database.
  prefix: 'gatehouse_',
  // Shorter where another node could answer sooner.
  timeoutMilliseconds: 4000,
  // `false` where a migration makes them: examples/mongo/migrate.ts.
  createIndexes: true,
};

export const onMongo = (connection: MongoConnection) =>
  mongoStore(
    given({
      ...mongo,
      connection, // yours
      uri: undefined, // or this in place of it: a connection of the store's own
    } satisfies Every<Extract<MongoStoreOptions, { connection: object }>>),
  );
// #endregion mongo

// #region postgres
export const postgres = {
  prefix: 'gatehouse_',
  timeoutMilliseconds: 4000,
  // `false` where a migration makes it, by `postgresSchema`.
  createSchema: true,
  // `false` behind a pooler that hands a statement to any connection.
  preparedStatements: true,
};

export const onPostgres = (pool: PostgresPool) =>
  postgresStore(
    given({
      ...postgres,
      pool, // yours
      uri: undefined, // or this in place of it: a pool of the store's own
    } satisfies Every<Extract<PostgresStoreOptions, { pool: object }>>),
  );
// #endregion postgres
