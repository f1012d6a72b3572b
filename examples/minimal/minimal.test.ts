import { readFileSync } from 'node:fs';
import { regionOf } from '../../scripts/snippets.js';
import { endPrograms, freePort, startProgram } from '../test/run-example.js';

afterEach(endPrograms);

test('the minimal host signs a person in, asks consent and answers with the notes', async () => {
  const env = { PORT: String(await freePort()) };
  const server = startProgram('minimal/dist/server.js', env);
  await server.printed(/is up/);

  const client = startProgram('minimal/dist/client.js', env);
  expect(await client.finished()).toEqual({
    code: 0,
    output: expect.stringContaining('read the notes'),
  });

  expect(await server.stop()).toMatchObject({ code: 0 });
  expect([client, server].filter((program) => program.isRunning())).toEqual([]);
});

test('the host takes 25 lines at most', () => {
  const lines = regionOf(readFileSync('examples/minimal/server.ts', 'utf8'), 'host') ?? [];
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.length).toBeLessThanOrEqual(25);
});
