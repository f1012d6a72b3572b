import pg from 'pg';
import { testSecretsInDatabase } from '../../core/test/secrets-in-database.js';
import { dumpPostgres } from '../../../scripts/testing/dump-database.js';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { removeTables } from '../test/remove-tables.js';
import { postgresStore } from './index.js';

describeOnPostgres('the database of a server', (server) => {
  const prefix = `secrets${process.pid}_`;
  testSecretsInDatabase(() => {
    const { uri } = server();
    return { uri, prefix, dump: dumpPostgres, makeStore: () => postgresStore({ uri, prefix }) };
  });

  afterAll(async () => {
    const pool = new pg.Pool({ connectionString: server().uri });
    await removeTables(pool, prefix);
    await pool.end();
  });
});
