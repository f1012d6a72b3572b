import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { type PostgresStore, type PostgresStoreOptions, postgresStore } from './index.js';

const now = 1_800_000_000;
const kinds = [{ kind: 'Token', keys: { grantId: {} } }] as const;
const token = (id: string) => ({ kind: 'Token', id, payload: '{}', keys: {} });

describeOnPostgres(
  'postgresStore, while the database',
  (server) => {
    let pool: pg.Pool;
    beforeAll(() => {
      pool = new pg.Pool({ connectionString: server().uri });
      pool.on('error', () => {});
    });
    afterAll(() => pool.end());

    const sources: readonly (readonly [string, () => PostgresStoreOptions])[] = [
      ['the pool of a host', () => ({ pool })],
      ['a URI', () => ({ uri: server().uri })],
    ];

    it.each(sources)(
      'is stopped, fails each call in time, and goes on after it, on %s',
      async (_, source) => {
        const store = await openStore(source());
        await store.commit([{ insert: token('before') }], now);
        server().pause();
        const ticks: number[] = [];
        const clock = setInterval(() => ticks.push(performance.now()), 20);
        try {
          // More calls than the pool has connections.
          const calls = Array.from({ length: 30 }, (__, n) => [
            timed(store.find('Token', { id: 'before' }, now)),
            timed(store.commit([{ put: token(`during${n}`) }], now)),
            timed(store.purge(now, 10)),
          ]);
          for (const { milliseconds, outcome } of await Promise.all(calls.flat())) {
            expect(outcome).toMatch(/did not answer within 500 ms/);
            expect(milliseconds).toBeLessThan(2000);
          }
        } finally {
          clearInterval(clock);
          server().resume();
        }
        expect(longestGap(ticks)).toBeLessThan(400);
        await eventually(async () => {
          expect((await store.find('Token', { id: 'before' }, now))?.id).toBe('before');
        });
        await Promise.all(
          Array.from({ length: 30 }, (__, n) => store.commit([{ put: token(`after${n}`) }], now)),
        );
        await store.close();
      },
    );

    it.each(sources)(
      'is gone, fails each call at once, and goes on when it is back, on %s',
      async (_, source) => {
        const store = await openStore(source());
        await store.commit([{ put: token('before') }], now);
        const inFlight = Array.from({ length: 20 }, (__, n) =>
          timed(store.commit([{ put: token(`t${n}`) }], now)),
        );
        await server().kill();
        await Promise.all(inFlight);
        for (const call of [
          store.find('Token', { id: 'before' }, now),
          store.commit([{ put: token('during') }], now),
        ]) {
          const { milliseconds, outcome } = await timed(call);
          expect(outcome).toMatch(/ECONNREFUSED|terminated|not queryable|did not answer/);
          expect(milliseconds).toBeLessThan(2000);
        }
        await server().restart();
        await eventually(async () => {
          expect((await store.find('Token', { id: 'before' }, now))?.id).toBe('before');
        });
        await store.close();
      },
    );

    it('is killed, loses nothing that was acknowledged, though its settings would', async () => {
      // By these settings a commit is acknowledged before it is on the disk.
      const hasty = new pg.Pool({
        connectionString: server().uri,
        options: '-c synchronous_commit=off',
      });
      hasty.on('error', () => {});
      const store = await openStore({ pool: hasty });
      const acknowledged: string[] = [];
      let killed = false;
      const writer = async (name: string): Promise<void> => {
        for (let n = 0; !killed; n += 1) {
          const id = `${name}-${n}`;
          await store.commit([{ insert: token(id) }], now);
          acknowledged.push(id);
        }
      };
      const writers = Promise.allSettled(['a', 'b', 'c', 'd'].map(writer));
      await delay(300);
      await server().kill();
      killed = true;
      await writers;
      await server().restart();
      const found = await Promise.all(
        acknowledged.map(async (id) => store.find('Token', { id }, now)),
      );
      expect(acknowledged.length).toBeGreaterThan(20);
      expect(acknowledged.filter((_, n) => found[n] === undefined)).toEqual([]);
      await hasty.end();
    });
  },
  // A wait for the disk, so that a kill is as hard as a loss of power can be made to be here.
  { own: true, settings: { fsync: 'on', wal_writer_delay: '10s', wal_writer_flush_after: '1GB' } },
);

let spaces = 0;

async function openStore(source: PostgresStoreOptions): Promise<PostgresStore> {
  const prefix = `k${process.pid}_${++spaces}_`;
  const store = postgresStore({ ...source, prefix, timeoutMilliseconds: 500 });
  await eventually(() => store.open(kinds));
  return store;
}

async function timed(call: Promise<unknown>): Promise<{ milliseconds: number; outcome: string }> {
  const started = performance.now();
  const outcome = await call.then(() => 'done', String);
  return { milliseconds: performance.now() - started, outcome };
}

async function eventually(attempt: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (tries === 20) throw error;
      await delay(100);
    }
  }
}

function longestGap(ticks: readonly number[]): number {
  return Math.max(...ticks.slice(1).map((tick, n) => tick - (ticks[n] ?? tick)));
}
