// #region module
import type { Store } from '@gatehouse/core';
import { postgresStore } from '@gatehouse/store-postgres';
import pg from 'pg';

interface Config {
  readonly uri: string;
  /** New for each case, and the same in all processes of it. */
  readonly space: string;
}

export function makeStore({ uri, space }: Config): Store {
  return postgresStore({ uri, prefix: `${space}_` });
}

export async function removeStore({ uri, space }: Config): Promise<void> {
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  await client.query(`drop table if exists ${space}_records, ${space}_counters`);
  await client.end();
}
// #endregion module
