import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { describeOnMongo } from '../testing/mongo.js';
import { type MongoProxy, startMongoProxy } from '../testing/mongo-proxy.js';
import { describeOnPostgres } from '../testing/postgres.js';
import { outageCluster, outageSuite } from './outage-suite.js';
import { killed, refusing, stopped } from './outage-troubles.js';
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
        stopped(server),
        killed(server),
        refusing('refuses writes', async () => {
          await settle('alter system set default_transaction_read_only = on');
          return () => settle('alter system reset default_transaction_read_only');
        }),
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
    const refuse = (code: number) => async () => proxy.refuse(writes, code);
    outageSuite('MongoDB', async () => {
      proxy = await startMongoProxy(server().uri);
      return startCluster({ ...outageCluster, store: { kind: 'mongo', uri: proxy.uri } });
    }, [
      stopped(server),
      // The server of these tests loses what it acknowledged within the last second.
      killed(server, 2_500),
      refusing('has no primary', refuse(10_107)),
      refusing('has a full disk', refuse(14_031)),
    ]);
  },
  { own: true, onDisk: true },
);
