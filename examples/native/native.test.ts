import { createPerson } from '../shared/person.js';
import { endPrograms, freePort, startProgram } from '../test/run-example.js';

afterEach(endPrograms);

test('a command line client gets its code at a loopback address, on whatever port is free', async () => {
  const env = { PORT: String(await freePort()) };
  const server = startProgram('native/dist/server.js', env);
  await server.printed(/is up/);

  const ada = createPerson({ identifier: 'ada', password: 'demo-password' });
  const redirects: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    const client = startProgram('native/dist/client.js', env);
    const [, url = ''] = await client.printed(/Sign in at (\S+)\n/);
    const callback = await ada.visit(url);
    redirects.push(callback.origin);
    expect(await (await fetch(callback)).text()).toContain('You can close this window');
    expect(await client.finished()).toEqual({
      code: 0,
      output: expect.stringContaining("Your notes: [ 'Water the plants of ada' ]"),
    });
    expect(client.isRunning()).toBe(false);
  }
  expect(new Set(redirects).size).toBe(2);
  // Signed in once. Each time, a press on Continue: only the person knows whether they started that program.
  expect(ada.pages).toEqual([
    'Sign in',
    'Continue to Notes on the command line?',
    'Continue to Notes on the command line?',
  ]);

  expect(await server.stop()).toMatchObject({ code: 0 });
  expect(server.isRunning()).toBe(false);
});

test('a command line client ends with an error when the person says no', async () => {
  const env = { PORT: String(await freePort()) };
  await startProgram('native/dist/server.js', env).printed(/is up/);

  const client = startProgram('native/dist/client.js', env);
  const [, url = ''] = await client.printed(/Sign in at (\S+)\n/);
  const person = { identifier: 'ada', password: 'demo-password', consent: 'deny' } as const;
  await fetch(await createPerson(person).visit(url));
  expect(await client.finished()).toEqual({
    code: 1,
    output: expect.stringContaining('access_denied'),
  });
});
