import { storeContract } from '@gatehouse/store-contract';
import pg from 'pg';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { postgresStore } from './index.js';

describeOnPostgres('postgresStore', (server) => {
  let spaces = 0;
  let pool: pg.Pool;
  beforeAll(() => {
    pool = new pg.Pool({ connectionString: server().uri });
  });
  afterAll(() => pool.end());
  storeContract(
    { describe, it },
    { makeStore: () => postgresStore({ pool }, { prefix: `s${++spaces}_` }) },
  );
});
