import type { KindDeclaration } from '@gatehouse/core';
import pg from 'pg';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { removeTables } from '../test/remove-tables.js';
import { spyingPool } from '../test/spying-pool.js';
import { type PostgresStore, postgresSchema, postgresStore } from './index.js';

const now = 1_800_000_000;
const kinds: readonly KindDeclaration[] = [
  { kind: 'Token', keys: { grantId: {}, userCode: { unique: true } } },
];
const changes = /\b(create|drop|alter)\b/;

describeOnPostgres('open of postgresStore', (server) => {
  let pool: pg.Pool;
  let prefix: string;
  let spaces = 0;
  beforeAll(() => {
    pool = new pg.Pool({ connectionString: server().uri });
  });
  afterAll(async () => {
    await removeTables(pool, `o${process.pid}_`);
    await pool.end();
  });
  beforeEach(() => {
    prefix = `o${process.pid}_${++spaces}_`;
  });

  async function indexNames(): Promise<readonly string[]> {
    const text = 'select indexname from pg_indexes where tablename = $1 order by 1';
    const { rows } = await pool.query(text, [`${prefix}records`]);
    return rows.map(({ indexname }: { indexname: string }) => indexname);
  }

  /** Opens a store, and gives the statements that changed the schema. */
  async function changesOf(
    declared: readonly KindDeclaration[] = kinds,
  ): Promise<{ readonly store: PostgresStore; readonly sql: readonly string[] }> {
    const spy = spyingPool(pool);
    const store = postgresStore({ pool: spy, prefix });
    await store.open(declared);
    return { store, sql: spy.taken().flatMap(({ text }) => (changes.test(text) ? [text] : [])) };
  }

  it('makes a table, an index for each key, and one for what expires', async () => {
    await changesOf();
    const names = await indexNames();
    expect(names.map((name) => name.slice(prefix.length).replace(/_[0-9a-f]{8}$/, ''))).toEqual([
      'by_grantid',
      'expiry',
      'one_token_usercode',
      'records_pkey',
    ]);
  });

  it('changes nothing when all is there, and only adds what a new kind needs', async () => {
    await changesOf();
    expect((await changesOf()).sql).toEqual([]);
    const more = [...kinds, { kind: 'Grant', keys: { grantId: {}, accountId: {} } }];
    const { sql } = await changesOf(more);
    expect(sql).toHaveLength(1);
    expect(sql[0]).toContain("keys ->> 'accountId'");
  });

  it('needs no right to change the schema when what postgresSchema prints was run before', async () => {
    await pool.query(postgresSchema({ prefix, kinds }));
    await pool.query(postgresSchema({ prefix, kinds }));
    const role = `${prefix}role`;
    await pool.query(
      `create role ${role}; grant select, insert, update, delete on ${prefix}records, ${prefix}counters to ${role}`,
    );
    const limited = new pg.Pool({ connectionString: server().uri, options: `-c role=${role}` });
    try {
      const store = postgresStore({ pool: limited, prefix });
      await store.open(kinds);
      await store.commit([{ insert: { kind: 'Token', id: 't1', payload: '', keys: {} } }], now);
      await store.limiter({ keyPrefix: 'a', points: 1, duration: 60 }).consume('k');
      const more = [{ kind: 'Grant', keys: { accountId: {} } }];
      await expect(store.open(more)).rejects.toThrow(/lacks a part of the schema/);
      const other = postgresStore({ pool: limited, prefix: `${prefix}x_` });
      await expect(other.open(kinds)).rejects.toThrow(/lacks a part of the schema/);
    } finally {
      await limited.end();
      await pool.query(`drop owned by ${role}; drop role ${role}`);
    }
  });

  it('says which SQL is to be run where it may not change the schema, and goes on when it was', async () => {
    const store = postgresStore({ pool, prefix, createSchema: false });
    const more = [...kinds, { kind: 'Grant', keys: { accountId: {} } }];
    for (const declared of [kinds, more]) {
      const message = await store.open(declared).then(() => 'opened', String);
      const [, sql = ''] = message.split('run this SQL on it:');
      expect(sql).toContain('create index');
      await pool.query(sql);
      await store.open(declared);
    }
    expect((await changesOf(more)).sql).toEqual([]);
  });

  it('lets a key that was unique be shared', async () => {
    const { store: before } = await changesOf();
    const token = (id: string) => ({ kind: 'Token', id, payload: '', keys: { userCode: 'u1' } });
    await before.commit([{ insert: token('t1') }], now);
    await expect(before.commit([{ insert: token('t2') }], now)).rejects.toThrow('exists');
    const { store } = await changesOf([{ kind: 'Token', keys: { grantId: {}, userCode: {} } }]);
    await store.commit([{ insert: token('t2') }], now);
    const { records } = await store.list('Token', { key: 'userCode', value: 'u1' }, { now });
    expect(records).toHaveLength(2);
  });

  it('changes nothing for a key that it knows as unique and is told is not', async () => {
    const { store } = await changesOf();
    const before = await indexNames();
    const declared = [{ kind: 'Token', keys: { userCode: {}, accountId: {} } }];
    await expect(store.open(declared)).rejects.toThrow('declared both unique and not');
    expect(await indexNames()).toEqual(before);
  });

  it('makes an index anew that a build left unfinished', async () => {
    await changesOf();
    const [broken] = await indexNames();
    await pool.query(
      `update pg_index set indisvalid = false where indexrelid = '${broken}'::regclass`,
    );
    const { sql } = await changesOf();
    expect(sql.map((text) => text.slice(0, 12))).toEqual(['drop index "', 'create index']);
  });

  it('is done once when many stores open at once', async () => {
    const opened = Array.from({ length: 8 }, () => changesOf());
    const sql = (await Promise.all(opened)).flatMap((one) => one.sql);
    expect(sql.filter((text) => text.startsWith('create table'))).toHaveLength(2);
  });

  it('keeps kinds and keys of odd names apart', async () => {
    const odd = ['a.b', '$set', "it's", 'back\\slash', '"', '__proto__', 'Ключ', '', 'GRANTID'];
    const declared = odd.map((kind, n) => {
      const keys = odd.map((key, m) => [key, n === m ? { unique: true as const } : {}]);
      return { kind, keys: Object.fromEntries(keys) };
    });
    const { store } = await changesOf(declared);
    for (const kind of odd) {
      const keys = Object.fromEntries(odd.map((key) => [key, `${kind} ${key}`]));
      await store.commit([{ insert: { kind, id: 'x', payload: kind, keys } }], now);
    }
    for (const kind of odd) {
      const found = await store.find(kind, { key: kind, value: `${kind} ${kind}` }, now);
      expect(found?.payload).toBe(kind);
      expect(Object.keys(found?.keys ?? {}).sort()).toEqual([...odd].sort());
      for (const key of odd) {
        const by = { key, value: `${kind} ${key}` };
        expect((await store.list(kind, by, { now })).records).toHaveLength(1);
        const relations = [{ kind, key, from: key }];
        const related = await store.findRelated(kind, { id: 'x' }, relations, now);
        expect(related?.related).toHaveLength(1);
      }
    }
    await store.commit(
      odd.map((kind) => ({ removeAll: { kind, key: "it's", value: `${kind} it's` } })),
      now,
    );
    for (const kind of odd) expect((await store.list(kind, 'all', { now })).records).toEqual([]);
  });

  it.each([
    ['a kind with NUL', [{ kind: 'a\u0000', keys: {} }]],
    ['a key with NUL', [{ kind: 'a', keys: { 'b\u0000': {} } }]],
    ['a key that is named id', [{ kind: 'a', keys: { id: {} } }]],
    [
      'a key both unique and not',
      [
        { kind: 'a', keys: { b: {} } },
        { kind: 'a', keys: { b: { unique: true } } },
      ],
    ],
    ['no list', {}],
    ['no keys', [{ kind: 'a' }]],
  ])('refuses %s', async (_, declared) => {
    const store = postgresStore({ pool, prefix });
    await expect(store.open(declared as readonly KindDeclaration[])).rejects.toThrow(TypeError);
    expect(await indexNames()).toEqual([]);
  });

  it('refuses a database that is not UTF8', async () => {
    const database = `${prefix}latin`;
    await pool.query(`create database ${database} encoding 'LATIN1' locale 'C' template template0`);
    const uri = new URL(server().uri);
    uri.pathname = database;
    const store = postgresStore({ uri: uri.href, prefix });
    try {
      await expect(store.open(kinds)).rejects.toThrow('the database must be UTF8, and is LATIN1');
    } finally {
      await store.close();
      await pool.query(`drop database ${database}`);
    }
  });
});

describe('postgresSchema', () => {
  it.each(['', 'A', '1a', 'a"', 'a-b', 'a'.repeat(25), 1])('refuses the prefix %j', (prefix) => {
    expect(() => postgresSchema({ prefix: prefix as string, kinds })).toThrow(TypeError);
    expect(() => postgresStore({ uri: '', prefix: prefix as string })).toThrow(TypeError);
  });

  it('prints what open would run', () => {
    expect(postgresSchema({ kinds })).toMatchInlineSnapshot(`
"create table if not exists "gatehouse_records" (
  kind text collate "C" not null,
  id text collate "C" not null,
  payload text not null,
  keys jsonb not null,
  revision bigint not null,
  expires_at numeric,
  consumed_attempt text collate "C",
  consumed_at numeric,
  receipt text,
  primary key (kind, id)
);

create index if not exists "gatehouse_expiry" on "gatehouse_records" (expires_at) where expires_at is not null;

create index if not exists "gatehouse_by_grantid_cb28a3fa" on "gatehouse_records" (kind, ((keys ->> 'grantId') collate "C"), id) where keys ->> 'grantId' is not null;

create unique index if not exists "gatehouse_one_token_usercode_c343ca3e" on "gatehouse_records" (((keys ->> 'userCode') collate "C")) where kind = 'Token' and keys ->> 'userCode' is not null;

create table if not exists "gatehouse_counters" (
  key text collate "C" primary key,
  points integer not null,
  expire bigint
);

create index if not exists "gatehouse_counters_expiry" on "gatehouse_counters" (expire);
"
`);
  });
});
