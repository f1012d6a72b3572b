import { join } from 'node:path';
import { storeContract } from '@gatehouse/store-contract';
import pg from 'pg';
import { type BundledModules, bundleModules } from '../../../scripts/testing/bundle-module.js';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { postgresStore } from './index.js';

describeOnPostgres('postgresStore', (server) => {
  let pool: pg.Pool;
  let bundled: BundledModules;
  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: server().uri });
    bundled = await bundleModules(join(import.meta.dirname, '../test/contract-module.ts'));
  });
  afterAll(async () => {
    bundled.remove();
    await pool.end();
  });

  storeContract(
    { describe, it: (name, body) => it(name, body, 60_000) },
    {
      makeStore: ({ space }) => postgresStore({ pool, prefix: `${space}_` }),
      get module() {
        return bundled.urls[0] ?? '';
      },
      get config() {
        return { uri: server().uri };
      },
    },
  );

  it('leaves no table of a case behind', async () => {
    const { rows } = await pool.query(
      "select 1 from pg_tables where tablename ~ '^s[0-9a-f]{10}_'",
    );
    expect(rows).toEqual([]);
  });

  it('is named, durable, and whole', () => {
    const store = postgresStore({ pool });
    expect(store).toMatchObject({ name: 'postgres', durable: true });
    const functions = [
      'find',
      'commit',
      'list',
      'findRelated',
      'open',
      'close',
      'purge',
      'limiter',
    ];
    expect(Object.keys(store).sort()).toEqual(['name', 'durable', ...functions].sort());
  });
});
