import { NO_MONGO, NO_POSTGRES, NO_REDIS } from './check-skips.js';
import type { TestStore } from './matrix.js';
import { findMongo } from './testing/find-mongo.js';
import { givenPostgres } from './testing/given-postgres.js';
import { startMongo } from './testing/start-mongo.js';
import { findPostgres, startPostgres } from './testing/start-postgres.js';
import { findRedis, startRedis } from './testing/start-redis.js';
import type { TestServer } from './testing/test-server.js';

/** The servers that the cells share. */
export interface MatrixServers {
  /** Where they are, as the tests read it. */
  readonly env: Readonly<Record<string, string>>;
  /** Why the cells of a store cannot run, by store. */
  readonly lacking: ReadonlyMap<TestStore, string>;
  stop(): Promise<void>;
}

interface Need {
  readonly store: TestStore;
  readonly variable: string;
  readonly line: string;
  start(): Promise<TestServer> | undefined;
}

const needs: readonly Need[] = [
  {
    store: 'mongo',
    variable: 'MONGODB_URI',
    line: NO_MONGO,
    start() {
      const source = findMongo();
      return source && startMongo(source);
    },
  },
  {
    store: 'postgres',
    variable: 'POSTGRES_URI',
    line: NO_POSTGRES,
    start() {
      const { POSTGRES_URI: given } = process.env;
      if (given) return givenPostgres(given);
      return findPostgres() === undefined ? undefined : startPostgres();
    },
  },
  {
    store: 'custom',
    variable: 'REDIS_URI',
    line: NO_REDIS,
    start() {
      const source = findRedis();
      return source && startRedis(source);
    },
  },
];

/** Starts the servers that the stores need, where there are such. The caller stops them. */
export async function startMatrixServers(stores: ReadonlySet<TestStore>): Promise<MatrixServers> {
  const env: Record<string, string> = {};
  const lacking = new Map<TestStore, string>();
  const running: TestServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.stop()));
  };
  try {
    for (const { store, variable, line, start } of needs) {
      if (!stores.has(store)) continue;
      const server = await start();
      if (server === undefined) lacking.set(store, line);
      else {
        running.push(server);
        env[variable] = server.uri;
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { env, lacking, stop };
}
