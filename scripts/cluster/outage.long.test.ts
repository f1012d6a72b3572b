import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { describeOnMongo } from '../testing/mongo.js';
import { type MongoProxy, startMongoProxy } from '../testing/mongo-proxy.js';
import { describeOnPostgres } from '../testing/postgres.js';
import { nothing, outageCluster, outageSuite, reading } from './outage-suite.js';
import { startCluster } from './start-cluster.js';

describeOnPostgres(
  'a server whose database',
  (server) => {
    const settle = async (sql: string): Promise<void> => {
      const client = new pg.Client({ connectionString: server().uri });
      await client.connect();
      await client.query(sql);
      await client.query('select pg_reload_conf()');
      await client.end();
      // Each process of the server reads its settings anew by itself.
      await delay(300);
    };
    outageSuite(
      'PostgreSQL',
      () => startCluster({ ...outageCluster, store: { kind: 'postgres', uri: server().uri } }),
      [
        {
          name: 'is stopped',
          leaves: nothing,
          begin: async () => server().pause(),
          end: async () => server().resume(),
        },
        {
          name: 'is killed and restarted',
          leaves: nothing,
          begin: () => server().kill(),
          end: () => server().restart(),
        },
        {
          name: 'refuses writes',
          leaves: reading,
          begin: () => settle('alter system set default_transaction_read_only = on'),
          end: () => settle('alter system reset default_transaction_read_only'),
        },
      ],
    );
  },
  { own: true, settings: { fsync: 'on' } },
);

describeOnMongo(
  'a server whose database',
  (server) => {
    let proxy: MongoProxy;
    afterAll(() => proxy?.close());
    const writes = ['insert', 'update', 'delete', 'findAndModify'];
    let allow = (): void => {};
    outageSuite('MongoDB', async () => {
      proxy = await startMongoProxy(server().uri);
      return startCluster({ ...outageCluster, store: { kind: 'mongo', uri: proxy.uri } });
    }, [
      {
        name: 'is stopped',
        leaves: nothing,
        begin: async () => server().pause(),
        end: async () => server().resume(),
      },
      {
        name: 'is killed and restarted',
        leaves: nothing,
        async begin() {
          // The server of these tests loses what it acknowledged within the last second.
          await delay(2_500);
          await server().kill();
        },
        end: () => server().restart(),
      },
      {
        name: 'has no primary',
        leaves: reading,
        begin: async () => {
          allow = proxy.refuse(writes, 10_107);
        },
        end: async () => allow(),
      },
      {
        name: 'has a full disk',
        leaves: reading,
        begin: async () => {
          allow = proxy.refuse(writes, 14_031);
        },
        end: async () => allow(),
      },
    ]);
  },
  { own: true, onDisk: true },
);
