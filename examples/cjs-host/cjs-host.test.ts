import { readFileSync } from 'node:fs';
import { endPrograms, freePort, startProgram } from '../test/run-example.js';

afterEach(endPrograms);

test('a CommonJS app requires the packages, and signs a person in', async () => {
  expect(readFileSync('examples/cjs-host/server.cjs', 'utf8')).not.toContain('import(');
  const env = { PORT: String(await freePort()) };
  const server = startProgram('cjs-host/server.cjs', env);
  await server.printed(/is up/);

  const client = startProgram('cjs-host/client.cjs', env);
  expect(await client.finished()).toEqual({
    code: 0,
    output: expect.stringContaining('signed in, consented, read the notes'),
  });

  expect(await server.stop()).toMatchObject({ code: 0 });
  expect([client, server].filter((program) => program.isRunning())).toEqual([]);
});
