import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { storeContract, storeContractCases } from '@gatehouse/store-contract';
import { linesOf } from '../../scripts/workspace.js';
import { describeOnRedis } from '../../scripts/testing/redis.js';
import { endPrograms, freePort, startProgram } from '../test/run-example.js';
import { makeStore } from './contract-module.js';

afterEach(endPrograms);

describeOnRedis(
  'the custom store',
  (server) => {
    // #region jest
    storeContract(
      { describe, it: (name, body) => it(name, body, 60_000) },
      {
        makeStore: ({ space }) => makeStore({ url: server().uri, space }),
        module: new URL('./dist/contract-module.js', import.meta.url),
        get config() {
          return { url: server().uri };
        },
      },
    );
    // #endregion jest

    it('passes under node:test, with its module alone', async () => {
      const args = ['--test', '--test-reporter=tap', 'examples/custom-store/dist/contract.js'];
      const env = { ...process.env, REDIS_URI: server().uri };
      const { stdout } = await promisify(execFile)(process.execPath, args, { env });
      for (const name of storeContractCases) expect(stdout).toContain(`- ${name}\n`);
      expect(stdout).not.toMatch(/^ *not ok/m);
      expect(stdout).toContain('# fail 0\n# cancelled 0\n# skipped 0\n');
    }, 300_000);

    it('serves a person, and keeps what it knows when its server is started again', async () => {
      const env = { PORT: String(await freePort()), REDIS_URI: server().uri };
      const first = startProgram('custom-store/dist/server.js', env);
      await first.printed(/is up/);
      const client = startProgram('custom-store/dist/client.js', env);
      await client.printed(/read the notes/);
      expect(await first.stop()).toMatchObject({ code: 0 });

      const second = startProgram('custom-store/dist/server.js', env);
      await second.printed(/is up/);
      expect(await client.finished()).toEqual({
        code: 0,
        output: expect.stringContaining('refreshed at a server that was started again'),
      });
      expect(await second.stop()).toMatchObject({ code: 0 });
      // No warning of a default that is only fit for a laptop; that the client used its code twice is one.
      const warning = /"level":"(?:warn|error)","message":"(?!code\.replayed)/;
      for (const server of [first, second]) expect(server.output()).not.toMatch(warning);
      expect([client, first, second].filter((program) => program.isRunning())).toEqual([]);
    }, 60_000);
  },
  { onDisk: true },
);

test('the store takes fewer than 200 lines', () => {
  const files = ['redis-store.ts', 'redis-scripts.ts'];
  const lines = files.flatMap((file) =>
    linesOf(readFileSync(`examples/custom-store/${file}`, 'utf8')),
  );
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.length).toBeLessThan(200);
});
