import pg from 'pg';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { removeTables } from '../test/remove-tables.js';

const secret = 'Kx7Qm2Wp9Rt4Yb6Nz3Vc8Lf1Hs5Gd0Ja';

describeOnPostgres('the code of the README', (server) => {
  let database: pg.Pool;
  beforeAll(() => {
    database = new pg.Pool({ connectionString: server().uri });
    const variables = { GATEHOUSE_SECRET: secret, JOBS_SECRET: secret };
    Object.assign(process.env, { ...variables, DATABASE_URL: server().uri });
    import.meta.jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterAll(async () => {
    import.meta.jest.restoreAllMocks();
    await removeTables(database, 'gatehouse_records');
    await database.end();
  });

  it("starts a server, which keeps its keys in the host's database and leaves its pool open", async () => {
    const { auth, pool } = await import('../test/readme.js');
    const { rows } = await pool.query('select count(*)::int as count from gatehouse_records');
    expect(rows[0].count).toBeGreaterThan(0);
    expect(await auth.health()).toMatchObject({ ok: true, store: { name: 'postgres' } });
    await auth.close();
    await pool.query('select 1');
    await pool.end();
  });

  it('prints SQL that can be run', async () => {
    const { sql } = await import('../test/readme-schema.js');
    await database.query(sql);
    expect(sql).toContain("keys ->> 'slug'");
  });
});
