import { endPrograms, freePort, newFolder, startProgram } from '../test/run-example.js';

afterEach(endPrograms);

test('machine clients get tokens for themselves, with a secret and with a key', async () => {
  const env = { PORT: String(await freePort()), KEY_FOLDER: newFolder() };
  const keyMaker = startProgram('machine/dist/make-key.js', env);
  expect(await keyMaker.finished()).toMatchObject({ code: 0 });
  const server = startProgram('machine/dist/server.js', env);
  await server.printed(/is up/);

  const client = startProgram('machine/dist/client.js', env);
  expect(await client.finished()).toEqual({
    code: 0,
    output: expect.stringContaining('with a secret and with a key'),
  });

  expect(await server.stop()).toMatchObject({ code: 0 });
  expect([keyMaker, client, server].filter((program) => program.isRunning())).toEqual([]);
});
