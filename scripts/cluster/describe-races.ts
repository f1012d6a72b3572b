import { describeOnStores } from './describe-on-stores.js';
import { racingCluster } from './racing-cluster.js';
import { type RaceSize, runRaces, showRaces } from './run-races.js';
import { startCluster } from './start-cluster.js';

/** Races on every store that many processes can share, each with exactly one winner; prints what was counted. */
export function describeRaces(size: RaceSize & { readonly milliseconds: number }): void {
  describeOnStores(`${size.total} races over three processes`, (store) => {
    it(
      'have exactly one winner each',
      async () => {
        const cluster = await startCluster({ ...racingCluster, store: store() });
        try {
          const counts = await runRaces(cluster, size);
          process.stderr.write(showRaces(store().kind, counts));
          for (const { name, races, winners, notOne, faults } of counts) {
            const right = { name, races, winners: races, notOne: 0, faults: [] };
            expect({ name, races, winners, notOne, faults }).toEqual(right);
          }
          expect(counts.reduce((all, { races }) => all + races, 0)).toBe(size.total);
        } finally {
          await cluster.stop();
        }
      },
      size.milliseconds,
    );
  });
}
