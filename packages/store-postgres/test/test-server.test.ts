import { existsSync } from 'node:fs';
import pg from 'pg';
import { givenPostgres } from '../../../scripts/testing/given-postgres.js';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';

async function ask(uri: string, text: string): Promise<string> {
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  try {
    const { rows } = await client.query({ text, rowMode: 'array' });
    return String(rows[0]?.[0]);
  } finally {
    await client.end();
  }
}

describeOnPostgres(
  'the server of a test',
  (postgres) => {
    it('is an empty database of one that was given, and is removed with what is still connected', async () => {
      const { uri } = postgres();
      const [one, other] = [await givenPostgres(uri), await givenPostgres(uri)];
      for (const server of [one, other]) {
        await ask(server.uri, 'create table things as select 1 as one');
      }
      const left = new pg.Client({ connectionString: one.uri });
      left.on('error', () => {});
      await left.connect();
      await one.stop();
      await other.stop();
      await left.end();
      await expect(ask(one.uri, 'select 1')).rejects.toThrow('does not exist');
      const named = "select count(*) from pg_database where datname like 'gatehouse_test_%'";
      expect(await ask(uri, named)).toBe('0');
      expect(await ask(uri, "select to_regclass('things')")).toBe('null');
    });

    it('keeps its data through a kill, listens on this machine alone, and leaves nothing behind', async () => {
      const server = postgres();
      const data = await ask(server.uri, 'show data_directory');
      expect(existsSync(data)).toBe(true);
      expect(await ask(server.uri, 'show listen_addresses')).toBe('127.0.0.1');
      await ask(server.uri, 'create table kept as select 1 as one');
      await server.kill();
      await expect(ask(server.uri, 'select 1')).rejects.toThrow('ECONNREFUSED');
      await server.restart();
      expect(await ask(server.uri, 'select one from kept')).toBe('1');
      server.pause();
      await server.stop();
      expect(existsSync(data)).toBe(false);
      await expect(ask(server.uri, 'select 1')).rejects.toThrow('ECONNREFUSED');
    }, 60_000);
  },
  { own: true, settings: { fsync: 'on' } },
);
