import type { TestPostgres } from './start-postgres.js';
import { givenServer } from './test-server.js';

/** A database of its own on a server that was given; it is removed at the end. Its user needs the right to make one. */
export async function givenPostgres(given: string): Promise<TestPostgres> {
  const { default: pg } = await import('pg');
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: given });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const name = `gatehouse_test_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await run(`create database ${name}`);
  const uri = new URL(given);
  uri.pathname = `/${name}`;
  // What a test has left open does not keep it.
  return givenServer(uri.href, () => run(`drop database if exists ${name} with (force)`));
}
