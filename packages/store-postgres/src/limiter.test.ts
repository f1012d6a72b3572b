import pg from 'pg';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { removeTables } from '../test/remove-tables.js';
import { type PostgresStore, postgresStore } from './index.js';

const prefix = `c${process.pid}_`;
const short = { keyPrefix: 'gatehouse:a', points: 5, duration: 1 };

describeOnPostgres('the limiter of postgresStore', (server) => {
  let pool: pg.Pool;
  let plain: pg.Pool;
  let store: PostgresStore;
  beforeAll(async () => {
    plain = new pg.Pool({ connectionString: server().uri });
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
    const { rows } = await plain.query(`select key from ${prefix}counters`);
    expect(rows).toEqual([{ key: 'gatehouse:a:live' }]);
  });

  it('lets purge look at counters once no record is left that has expired', async () => {
    const start = Date.now() / 1000;
    await store.open([{ kind: 'Token', keys: {} }]);
    const tokens = ['t1', 't2', 't3'].map((id) => ({
      insert: { kind: 'Token', id, payload: '', keys: {}, expiresAt: start + 60 },
    }));
    await store.commit(tokens, start);
    await store.limiter({ ...short, keyPrefix: 'gatehouse:b' }).consume('k');
    const counted = async (): Promise<number | null> => {
      const text = `select from ${prefix}counters where key = 'gatehouse:b:k'`;
      return (await plain.query(text)).rowCount;
    };
    expect(await store.purge(start + 90, 2)).toEqual({ removed: 2, more: true });
    expect(await counted()).toBe(1);
    expect(await store.purge(start + 90, 2)).toEqual({ removed: 1, more: false });
    expect(await counted()).toBe(0);
  });
});
