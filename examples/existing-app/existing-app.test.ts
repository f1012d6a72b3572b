import { answerTo, badRequest, endPrograms, freePort, startProgram } from '../test/run-example.js';

afterEach(endPrograms);

test('an app keeps its users and its login, and its API is open to clients', async () => {
  const env = { PORT: String(await freePort()) };
  const server = startProgram('existing-app/dist/server.js', env);
  await server.printed(/is up/);

  const client = startProgram('existing-app/dist/client.js', env);
  expect(await client.finished()).toEqual({
    code: 0,
    output: expect.stringContaining('own client, partner, refresh, log out everywhere'),
  });

  expect(await server.stop()).toMatchObject({ code: 0 });
  expect([client, server].filter((program) => program.isRunning())).toEqual([]);
});

test('it shows nobody its inside: not by JSON that is broken, nor by a form that is too large', async () => {
  const port = await freePort();
  const server = startProgram('existing-app/dist/server.js', { PORT: String(port) });
  await server.printed(/is up/);
  const at = (path: string): string => `http://localhost:${port}${path}`;
  expect(await answerTo(at('/api/notes'), '{"text', 'application/json')).toEqual(badRequest);
  const tooLarge = [413, '{"error":"Payload Too Large"}'];
  expect(await answerTo(at('/login'), `email=${'e'.repeat(300_000)}`)).toEqual(tooLarge);
  expect(await server.stop()).toMatchObject({ code: 0 });
});
