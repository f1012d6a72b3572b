export type { PostgresClient, PostgresPool, PostgresQuery } from './postgres-pool.js';
export {
  type PostgresStore,
  type PostgresStoreOptions,
  postgresStore,
} from './postgres-store.js';
export { type PostgresSchemaOptions, postgresSchema } from './schema.js';
