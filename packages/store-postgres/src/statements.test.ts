import type { NewRecord, Write } from '@gatehouse/core';
import pg from 'pg';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { removeTables } from '../test/remove-tables.js';
import { type SpyingPool, spyingPool } from '../test/spying-pool.js';
import { type PostgresStore, postgresStore } from './index.js';

const now = 1_800_000_000;
const kinds = [
  { kind: 'Code', keys: { grantId: {} } },
  { kind: 'Token', keys: { grantId: {}, accountId: {} } },
  { kind: 'Session', keys: { uid: { unique: true }, accountId: {} } },
  { kind: 'Grant', keys: { accountId: {} } },
] as const;

function record(kind: string, id: string, keys: Readonly<Record<string, string>> = {}): NewRecord {
  return { kind, id, payload: '{}', keys };
}

describeOnPostgres('postgresStore, at the driver,', (server) => {
  let pool: pg.Pool;
  let spy: SpyingPool;
  let store: PostgresStore;
  let spaces = 0;
  beforeAll(() => {
    pool = new pg.Pool({ connectionString: server().uri });
    spy = spyingPool(pool);
  });
  afterAll(async () => {
    await removeTables(pool, `d${process.pid}_`);
    await removeTables(pool, 'gatehouse_records');
    await pool.end();
  });
  beforeEach(async () => {
    const prefix = `d${process.pid}_${++spaces}_`;
    store = postgresStore({ pool: spy, prefix });
    await store.open(kinds);
    await store.commit([{ insert: record('Session', 's1', { uid: 'u1', accountId: 'ada' }) }], now);
    await store.commit([{ insert: record('Code', 'c1', { grantId: 'g1' }) }], now);
    spy.taken();
  });

  const redeem: readonly Write[] = [
    { consume: { kind: 'Code', id: 'c1', attempt: 'a1', receipt: 'r1' } },
    { put: record('Session', 's1', { uid: 'u1' }), ifRevision: 1 },
    { insert: record('Token', 't1', { grantId: 'g1', accountId: 'ada' }) },
    { insert: record('Token', 't2', { grantId: 'g1', accountId: 'ada' }) },
    { put: record('Grant', 'g1', { accountId: 'ada' }) },
    { remove: { kind: 'Grant', id: 'g0' } },
    { removeAll: { kind: 'Code', key: 'grantId', value: 'g0' } },
  ];

  it.each<readonly [string, readonly Write[]]>([
    ['an insert', [{ insert: record('Token', 't1') }]],
    ['a consume', redeem.slice(0, 1)],
    ['all that a redemption writes', redeem.slice(0, 6)],
    ['the end of a grant', redeem.slice(4)],
    [
      'a session that moves to another id',
      [
        { put: record('Session', 's1'), ifRevision: 1 },
        { insert: record('Session', 's2', { uid: 'u1' }) },
      ],
    ],
  ])('sends one statement for %s', async (_, writes) => {
    await store.commit(writes, now);
    expect(spy.taken()).toHaveLength(1);
  });

  it('sends nothing for a commit of nothing', async () => {
    await store.commit([], now);
    expect(spy.taken()).toEqual([]);
  });

  it('sends one statement for each find, findRelated, page and batch of each table', async () => {
    await store.find('Session', { key: 'uid', value: 'u1' }, now);
    await store.findRelated(
      'Code',
      { id: 'c1' },
      [{ kind: 'Grant', key: 'id', from: 'grantId' }],
      now,
    );
    await store.list('Token', { key: 'accountId', value: 'ada' }, { now });
    await store.purge(now, 1000);
    expect(spy.taken()).toHaveLength(5);
  });

  it('asks once more for the reason when the first precondition fails', async () => {
    await store.commit(redeem.slice(0, 1), now);
    spy.taken();
    const again = [{ consume: { kind: 'Code', id: 'c1', attempt: 'a2' } }, ...redeem.slice(2, 6)];
    await expect(store.commit(again, now)).rejects.toMatchObject({ reason: 'consumed' });
    expect(spy.taken()).toHaveLength(2);
  });

  it('has statements of one shape prepared once, under names that no host uses', async () => {
    for (const id of ['t1', 't2']) {
      await store.commit([{ insert: record('Token', id) }], now);
      await store.find('Token', { id }, now);
    }
    const names = spy.taken().map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^gatehouse_[0-9a-f]{24}$/);
  });

  it('prepares nothing where a pooler does not allow it', async () => {
    const plain = postgresStore({ pool: spy, preparedStatements: false });
    await plain.open(kinds);
    await plain.commit(redeem, now).catch(() => {});
    await plain.find('Token', { id: 't1' }, now);
    expect(spy.taken().filter(({ name }) => name !== undefined)).toEqual([]);
  });

  it('never puts a value into the text of a statement', async () => {
    const secret = "s3cret'--";
    const keys = { grantId: secret, accountId: secret };
    const write = { insert: { ...record('Token', secret, keys), payload: secret } };
    await store.commit([write], now);
    const consume = { kind: 'Token', id: secret, attempt: secret, receipt: secret };
    await store.commit([{ consume }], now);
    await store.list(
      'Token',
      { key: 'grantId', value: secret },
      { now, cursor: undefined as never },
    );
    await store.commit([{ removeAll: { kind: 'Token', key: 'grantId', value: secret } }], now);
    await store.commit([{ remove: { kind: 'Token', id: secret } }], now);
    for (const { text } of spy.taken()) expect(text).not.toContain('s3cret');
  });

  // A plan that was made for a table without records stays in use for a while when it has grown.
  it.each([0, 3000])(
    'finds what it looks for through an index, in a table of %d records',
    async (count) => {
      const inserts = Array.from({ length: count }, (_, n) => {
        const keys = { grantId: `g${n % 1000}`, accountId: `a${n % 1000}` };
        return { insert: { ...record('Token', `many${n}`, keys), expiresAt: now + n } };
      });
      await store.commit(inserts, now);
      spy.taken();
      await store.find('Token', { id: 't1' }, now);
      await store.find('Session', { key: 'uid', value: 'u1' }, now);
      await store.list('Token', { key: 'grantId', value: 'g1' }, { now });
      await store.list('Session', { key: 'uid', value: 'u1' }, { now });
      const relations = [
        { kind: 'Grant', key: 'id', from: 'grantId' },
        { kind: 'Token', key: 'accountId', from: 'accountId' },
      ];
      await store.findRelated('Token', { id: 't1' }, relations, now);
      await store.commit(redeem.slice(0, 6), now);
      await store.commit([{ removeAll: { kind: 'Token', key: 'grantId', value: 'g9' } }], now);
      await store.commit([{ removeAll: { kind: 'Session', key: 'uid', value: 'u9' } }], now);
      await store.purge(now, 1000);
      const counter = store.limiter({ keyPrefix: 'a', points: 1, duration: 60, blockDuration: 60 });
      for (let n = 0; n < 2; n += 1) await counter.consume('k').catch(() => {});
      await counter.get('k');
      await counter.delete('k');
      const statements = spy.taken();
      // A block is a statement of its own.
      expect(statements).toHaveLength(15);
      for (const { text, values = [], name } of statements) {
        if (name === undefined && count === 0) continue;
        // A table that is nearly empty is read as a whole.
        if (name === undefined && text.includes('_counters')) continue;
        expect(await planOf(text, values)).not.toContain('Seq Scan');
      }
    },
  );

  // As the server plans a prepared statement, which has to fit every value.
  async function planOf(text: string, values: readonly unknown[]): Promise<string> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query("set local plan_cache_mode = 'force_generic_plan'");
      await client.query(`prepare a_plan as ${text}`);
      const list = values.map((value) =>
        pg.escapeLiteral(Array.isArray(value) ? `{${value}}` : String(value)),
      );
      const call = list.length > 0 ? `a_plan(${list.join(', ')})` : 'a_plan';
      const { rows } = await client.query(`explain execute ${call.replaceAll("'null'", 'null')}`);
      return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
    } finally {
      await client.query('rollback');
      await client.query('deallocate all');
      client.release();
    }
  }
});
