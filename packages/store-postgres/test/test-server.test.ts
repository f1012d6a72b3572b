import { existsSync } from 'node:fs';
import pg from 'pg';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { startPostgres } from '../../../scripts/testing/start-postgres.js';

describeOnPostgres(
  'the server of a test',
  () => {
    it('keeps its data through a kill, listens on this machine alone, and leaves nothing behind', async () => {
      const server = await startPostgres({ settings: { fsync: 'on' } });
      const ask = async (text: string): Promise<string> => {
        const client = new pg.Client({ connectionString: server.uri });
        await client.connect();
        try {
          const { rows } = await client.query({ text, rowMode: 'array' });
          return String(rows[0]?.[0]);
        } finally {
          await client.end();
        }
      };
      const data = await ask('show data_directory');
      expect(existsSync(data)).toBe(true);
      expect(await ask('show listen_addresses')).toBe('127.0.0.1');
      await ask('create table kept as select 1 as one');
      await server.kill();
      await expect(ask('select 1')).rejects.toThrow('ECONNREFUSED');
      await server.restart();
      expect(await ask('select one from kept')).toBe('1');
      server.pause();
      await server.stop();
      expect(existsSync(data)).toBe(false);
      await expect(ask('select 1')).rejects.toThrow('ECONNREFUSED');
    }, 60_000);
  },
  { own: true },
);
