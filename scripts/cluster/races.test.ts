import { describeOnPostgres } from '../testing/postgres.js';
import { describeRaces } from './describe-races.js';
import { racingCluster } from './racing-cluster.js';
import { runRaces } from './run-races.js';
import { startCluster } from './start-cluster.js';

describeRaces({ total: 260, clusters: 1, contenders: 4, lanes: 4, milliseconds: 900_000 });

describeOnPostgres('the count of winners', (server) => {
  it('notices a store whose consume is not atomic', async () => {
    const store = { kind: 'postgres', uri: server().uri, fault: 'double consume' } as const;
    const cluster = await startCluster({ ...racingCluster, store });
    try {
      const counts = await runRaces(cluster, { total: 20, contenders: 4, lanes: 2 });
      const notOne = new Map(counts.map((count) => [count.name, count.notOne]));
      expect(notOne.get('codes')).toBeGreaterThan(0);
      expect(notOne.get('refresh tokens')).toBeGreaterThan(0);
      expect(notOne.get('refresh tokens without a window')).toBeGreaterThan(0);
    } finally {
      await cluster.stop();
    }
  }, 120_000);
});
