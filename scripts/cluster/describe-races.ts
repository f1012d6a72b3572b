import { describeOnStores } from './describe-on-stores.js';
import { racingCluster } from './racing-cluster.js';
import { type RaceSize, runRaces, showRaces } from './run-races.js';
import { startCluster } from './start-cluster.js';

/** How much is raced, and in how many clusters one after the other, each with tables or collections of its own. */
interface RacesSize extends RaceSize {
  readonly clusters: number;
  readonly milliseconds: number;
}

/**
 * Races on every store that many processes can share, each with exactly one winner; prints what was counted. Long runs take several
 * clusters: the MongoDB-wire server that tests install has no index but unique ones, and reads a whole collection for the others.
 */
export function describeRaces({ clusters, milliseconds, ...size }: RacesSize): void {
  describeOnStores(`${size.total} races over three processes`, (store) => {
    it(
      'have exactly one winner each',
      async () => {
        let raced = 0;
        for (let round = 0; round < clusters; round += 1) raced += await raceOnce(store());
        expect(raced).toBe(size.total);
      },
      milliseconds,
    );
  });

  async function raceOnce(store: Parameters<typeof startCluster>[0]['store']): Promise<number> {
    const cluster = await startCluster({ ...racingCluster, store });
    try {
      const counts = await runRaces(cluster, { ...size, total: size.total / clusters });
      process.stderr.write(showRaces(store.kind, counts));
      for (const { name, races, winners, notOne, faults } of counts) {
        const right = { name, races, winners: races, notOne: 0, faults: [] };
        expect({ name, races, winners, notOne, faults }).toEqual(right);
      }
      return counts.reduce((all, { races }) => all + races, 0);
    } finally {
      await cluster.stop();
    }
  }
}
