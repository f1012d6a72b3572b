import { describeOnMongo } from '../testing/mongo.js';
import { describeOnPostgres } from '../testing/postgres.js';
import type { TestPostgres } from '../testing/start-postgres.js';
import type { ClusterOptions } from './start-cluster.js';

/** Where the cluster of a suite keeps its records. */
type SharedStore = ClusterOptions['store'];

/** The real server below it, which can be paused where it is the suite's own. */
type StoreServer = Pick<TestPostgres, 'uri' | 'pause' | 'resume'>;

interface Options {
  readonly own?: true;
  readonly memory?: string;
  /** Leaves out the other. */
  readonly only?: 'mongo' | 'postgres';
}

/** A suite on each store that many processes can share, on a real server for all its tests. */
export function describeOnStores(
  name: string,
  suite: (store: () => SharedStore, server: () => StoreServer) => void,
  { only, ...options }: Options = {},
): void {
  const on = (kind: SharedStore['kind'], server: () => StoreServer): void =>
    suite(() => ({ kind, uri: server().uri }), server);
  if (only !== 'mongo') describeOnPostgres(name, (server) => on('postgres', server), options);
  if (only !== 'postgres') describeOnMongo(name, (server) => on('mongo', server), options);
}
