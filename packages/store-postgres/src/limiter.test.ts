import pg from 'pg';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { removeTables } from '../test/remove-tables.js';
import { type PostgresStore, postgresStore } from './index.js';

const prefix = `c${process.pid}_`;
const short = { keyPrefix: 'gatehouse:a', points: 5, duration: 1 };

describeOnPostgres('the limiter of postgresStore', (server) => {
  let pool: pg.Pool;
  let store: PostgresStore;
  beforeAll(async () => {
    pool = new pg.Pool({
      connectionString: server().uri,
      options: '-c default_transaction_isolation=serializable',
      // Numbers of 64 bits as the host likes them.
      types: { getTypeParser: () => (value: string | Buffer) => ({ value }) },
    });
    store = postgresStore({ pool, prefix });
    await store.open([]);
  });
  afterAll(async () => {
    const plain = new pg.Pool({ connectionString: server().uri });
    await removeTables(plain, prefix);
    await plain.end();
    await pool.end();
  });

  it('counts under the settings of the host, 50 at once too', async () => {
    const counter = store.limiter({ ...short, duration: 60, blockDuration: 30 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => counter.consume('k')),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    const { msBeforeNext = 0 } = (await counter.get('k')) ?? {};
    expect(msBeforeNext).toBeGreaterThan(0);
    expect(msBeforeNext).toBeLessThanOrEqual(30_000);
  });

  it('leaves what has expired to purge, which takes no live counter', async () => {
    for (const key of ['k1', 'k2', 'k3']) await store.limiter(short).consume(key);
    const live = store.limiter({ ...short, duration: 600 });
    await live.consume('live');
    const later = Date.now() / 1000 + 90;
    expect(await store.purge(later, 2)).toEqual({ removed: 0, more: true });
    expect(await store.purge(later, 1000)).toEqual({ removed: 0, more: false });
    const client = new pg.Client({ connectionString: server().uri });
    await client.connect();
    const { rows } = await client.query(`select key from ${prefix}counters`);
    await client.end();
    expect(rows).toEqual([{ key: 'gatehouse:a:live' }]);
  });
});
