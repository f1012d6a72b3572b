import { type Store, StoreConflict, type Write } from '@gatehouse/core';
import { storeContract } from '@gatehouse/store-contract';
import pg from 'pg';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { removeTables } from '../test/remove-tables.js';
import { spyingPool } from '../test/spying-pool.js';
import { type PostgresClient, type PostgresPool, postgresStore } from './index.js';

const now = 1_800_000_000;
const kinds = [{ kind: 'Token', keys: { grantId: {}, userCode: { unique: true } } }] as const;
const token = (id: string) => ({ kind: 'Token', id, payload: '{}', keys: {} });

// What a host may have set for its own statements, in its pool, its role or its parsers.
const unusual =
  '-c default_transaction_isolation=serializable -c standard_conforming_strings=off -c extra_float_digits=-15 -c bytea_output=escape -c plan_cache_mode=force_generic_plan';

describeOnPostgres('postgresStore on an unusual pool', (server) => {
  let pool: pg.Pool;
  const oids = [16, 20, 23, 25, 701, 3802];
  const parsers = oids.map((oid) => pg.types.getTypeParser(oid, 'text'));
  beforeAll(() => {
    for (const oid of oids) pg.types.setTypeParser(oid, () => 'parsed by the host');
    pool = new pg.Pool({ connectionString: server().uri, options: unusual, max: 20 });
  });
  afterAll(async () => {
    for (const [n, oid] of oids.entries()) pg.types.setTypeParser(oid, parsers[n] as never);
    await removeTables(pool, 'h');
    await pool.end();
  });
  storeContract(
    { describe, it },
    { makeStore: ({ space }) => postgresStore({ pool, prefix: `h${space}_` }) },
    { lacks: { processes: 'they are run on a pool without these settings' } },
  );
});

describeOnPostgres('postgresStore on the pool of a host', (server) => {
  let prefix: string;
  let spaces = 0;
  let pool: pg.Pool;
  let store: Store;
  beforeEach(async () => {
    prefix = `p${process.pid}_${++spaces}_`;
    pool = new pg.Pool({ connectionString: server().uri, max: 20 });
    store = postgresStore({ pool, prefix });
    await store.open?.(kinds);
  });
  afterEach(async () => {
    await removeTables(pool, prefix);
    await pool.end();
  });

  it('takes it as it is, by its type too', () => {
    const taken: PostgresPool = pool;
    expect(taken).toBe(pool);
  });

  it('leaves it open when it closes, without a listener or a connection that is not given back', async () => {
    const client = await pool.connect();
    const listeners = client.listenerCount('error');
    client.release();
    await Promise.all([
      store.commit([{ insert: token('t1') }], now),
      store.list('Token', 'all', { now }),
    ]);
    await expect(store.commit([{ insert: token('t1') }], now)).rejects.toThrow(StoreConflict);
    await store.close?.();
    expect([pool.idleCount, pool.waitingCount]).toEqual([pool.totalCount, 0]);
    const again = await pool.connect();
    expect(again.listenerCount('error')).toBe(listeners);
    again.release();
    expect((await store.find('Token', { id: 't1' }, now))?.id).toBe('t1');
  });

  it('keeps its connections through conflicts', async () => {
    await store.commit([{ insert: token('t1') }], now);
    const removed: unknown[] = [];
    pool.on('remove', (client) => removed.push(client));
    const unique = { ...token('t2'), keys: { userCode: 'u1' } };
    await store.commit([{ insert: unique }], now);
    for (const writes of [
      [{ insert: token('t1') }],
      [{ insert: token('t3') }, { insert: token('t1') }],
      [{ insert: { ...unique, id: 't4' } }],
    ]) {
      await expect(store.commit(writes, now)).rejects.toThrow('exists');
    }
    await store.close?.();
    expect(removed).toEqual([]);
  });

  it('applies commits that lock the same records in opposite order', async () => {
    const ids = Array.from({ length: 10 }, (_, n) => `t${n}`);
    await store.commit(
      ids.map((id) => ({ insert: token(id) })),
      now,
    );
    const put = (id: string): Write => ({ put: { ...token(id), payload: 'new' } });
    const rounds = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? ids : [...ids].reverse()));
    await Promise.all(rounds.map((some) => store.commit(some.map(put), now)));
    const { records } = await store.list('Token', 'all', { now });
    expect(records.map(({ revision }) => revision)).toEqual(ids.map(() => 41));
  });

  it('applies commits of which each waits for the other, one after the other', async () => {
    const pairs = Array.from({ length: 8 }, (_, n) => [`x${n}`, `y${n}`] as const);
    const inserts = pairs.flat().map((id) => ({ insert: token(id) }));
    await store.commit(inserts, now);
    // A consume locks its record before a plain put does.
    const commits = pairs.flatMap(([x, y]) => [[x, y] as const, [y, x] as const]);
    await Promise.all(
      commits.map(([first, second]) => {
        const consume = { kind: 'Token', id: first, attempt: 'a1' };
        return store.commit([{ consume }, { put: token(second) }], now);
      }),
    );
    const { records } = await store.list('Token', 'all', { now });
    expect(records.map(({ revision }) => revision)).toEqual(records.map(() => 3));
  });

  it.each<readonly [string, readonly Write[]]>([
    ['one statement', [{ put: token('t1') }]],
    ['a transaction', [{ put: token('t1') }, { remove: token('t1') }]],
  ])(
    'gives back no connection that still waits, after %s that came too late',
    async (_, writes) => {
      await store.commit([{ insert: token('t1') }], now);
      const other = await pool.connect();
      const small = new pg.Pool({ connectionString: server().uri, max: 1 });
      try {
        await other.query(`begin; update ${prefix}records set payload = '' where id = 't1'`);
        const late = postgresStore({ pool: small, prefix, timeoutMilliseconds: 500 });
        await late.open(kinds);
        await expect(late.commit(writes, now)).rejects.toThrow('did not answer within 500 ms');
        expect((await late.find('Token', { id: 't1' }, now))?.revision).toBe(1);
      } finally {
        await other.query('rollback');
        other.release();
        await small.end();
      }
    },
  );

  it('reads again when its connection was lost, and does not write again what may have been written', async () => {
    await store.commit([{ insert: token('t1') }], now);
    let lost = false;
    const unlucky = postgresStore({ pool: spyingPool(pool, loseOnce), prefix });
    await unlucky.open(kinds);
    lost = true;
    expect((await unlucky.find('Token', { id: 't1' }, now))?.id).toBe('t1');
    expect(lost).toBe(false);
    lost = true;
    await expect(unlucky.commit([{ put: token('t1') }], now)).rejects.toThrow(
      /terminat|not queryable/,
    );
    expect((await store.find('Token', { id: 't1' }, now))?.revision).toBe(1);
    expect(pool.totalCount).toBe(pool.idleCount);

    async function loseOnce(client: PostgresClient): Promise<void> {
      if (!lost) return;
      lost = false;
      const { rows } = await client.query({ text: 'select pg_backend_pid() as pid' });
      const [{ pid }] = rows as readonly [{ pid: number }];
      await pool.query('select pg_terminate_backend($1)', [pid]);
    }
  });
});

describeOnPostgres('postgresStore on a URI', (server) => {
  it('makes a pool of its own, ends it, and makes another when it is used again', async () => {
    const prefix = `u${process.pid}_`;
    const store = postgresStore({ uri: server().uri, prefix });
    await store.open(kinds);
    const commits = Array.from({ length: 30 }, (_, n) =>
      store.commit([{ insert: token(`t${n}`) }], now),
    );
    await store.close();
    await Promise.all(commits);
    await store.close();
    expect((await store.list('Token', 'all', { now })).records).toHaveLength(30);
    await store.close();
    const client = new pg.Client({ connectionString: server().uri });
    await client.connect();
    const text = "select 1 from pg_stat_activity where application_name = 'gatehouse'";
    expect((await client.query(text)).rows).toEqual([]);
    await client.query(`drop table ${prefix}records`);
    await client.end();
  });
});

describe('postgresStore refuses', () => {
  it.each([undefined, null, {}, { pool: {} }, { pool: null }, { uri: 1 }])(
    'the source %j',
    (source) => {
      expect(() => postgresStore(source as never)).toThrow(TypeError);
    },
  );

  it.each([
    ['neither a pool nor a URI', {}],
    ['no options', undefined],
    ['nothing', null],
    ['a URI in place of the options', 'postgres://me:pw@127.0.0.1'],
    ['something else than a pool', { pool: pg }],
    ['both', { pool: new pg.Pool(), uri: 'postgres://127.0.0.1' }],
  ])('%s, and says what to give', (_, source) => {
    expect(() => postgresStore(source as never)).toThrow(
      new TypeError(
        'postgresStore needs a Pool of pg or a uri, and not both: write postgresStore({ pool: new pg.Pool({ … }) })',
      ),
    );
  });

  it.each([0, -1, 1.5, '4000', Number.NaN])('the time limit %j', (timeoutMilliseconds) => {
    const options = { timeoutMilliseconds: timeoutMilliseconds as number };
    expect(() => postgresStore({ uri: 'postgres://127.0.0.1', ...options })).toThrow(TypeError);
  });
});
