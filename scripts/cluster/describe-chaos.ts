import { chaosLines } from '../chaos.js';
import { describeOnMongo } from '../testing/mongo.js';
import { describeOnPostgres } from '../testing/postgres.js';
import type { ChaosDatabase } from './chaos-faults.js';
import { type ChaosOptions, lastingSettings, runChaos, sparedMongo } from './run-chaos.js';

/** Kills that many processes on each store that outlives them, from a seed of the moment, which is printed. */
export function describeChaos(kills: number, milliseconds = 300_000): void {
  const suite = (store: ChaosOptions['store'], database: () => ChaosDatabase): void => {
    it(
      `${kills} processes are killed, and the audit is clean`,
      async () => {
        const seed = Math.floor(Math.random() * 2 ** 32);
        process.stderr.write(`chaos on ${store}, seed ${seed}\n`);
        const report = await runChaos({ store, kills, seed, database: database() });
        process.stderr.write(`${chaosLines(report).join('\n')}\n`);
        expect(report.findings).toEqual([]);
        expect(report.faults.servers + report.faults.databases).toBe(kills);
        for (const count of ['logins', 'redeems', 'refreshes'] as const) {
          expect(report.counts[count]).toBeGreaterThan(0);
        }
      },
      milliseconds,
    );
  };
  describeOnPostgres('chaos', (server) => suite('postgres', server), {
    own: true,
    settings: lastingSettings,
  });
  describeOnMongo('chaos', (server) => suite('mongo', () => sparedMongo(server())), { own: true });
}
