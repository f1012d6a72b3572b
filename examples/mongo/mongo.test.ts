import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import mongoose from 'mongoose';
import { describeOnMongo } from '../../scripts/testing/mongo.js';
import {
  answerTo,
  badRequest,
  endPrograms,
  freePort,
  type Program,
  startProgram,
} from '../test/run-example.js';

afterEach(endPrograms);

const secrets = {
  GATEHOUSE_SECRET: 'Kx7Qm2Wp9Rt4Yb6Nz3Vc8Lf1Hs5Gd0Ja',
  WEB_SECRET: 'Jw4Tn8Zr1Qe6Uo3Xa9Mi5Bv7Ck2Py0Df',
};
const run = (
  name: string,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Program => startProgram(`mongo/dist/${name}.js`, { ...env, NODE_ENV: 'production' }, args);

test('says all that the environment lacks, by name, and does not start', async () => {
  const lacking = run('server', { ORIGIN: '', DATABASE_URI: '', ...secrets, WEB_SECRET: '' });
  const { code, output } = await lacking.finished();
  expect(code).toBe(1);
  for (const name of ['ORIGIN', 'DATABASE_URI', 'WEB_SECRET'])
    expect(output).toContain(`- ${name}: `);
  expect(output).not.toContain('GATEHOUSE_SECRET: ');
  expect(output).not.toContain(secrets.GATEHOUSE_SECRET);
});

describeOnMongo(
  'the production shape',
  (database) => {
    let env: Record<string, string>;
    let server: Program;
    beforeEach(async () => {
      env = {
        ...secrets,
        DATABASE_URI: database().uri,
        ORIGIN: 'https://acme.example',
        PORT: String(await freePort()),
        TRUSTED_PROXIES: '1',
        NEW_PASSWORD: 'correct horse battery staple',
      };
      expect(await run('migrate', env).finished()).toMatchObject({ code: 0 });
      server = run('server', env);
      await server.printed(/is up/);
    }, 60_000);

    const at = (path: string): string => `http://127.0.0.1:${env.PORT}${path}`;

    it('serves the whole flow in production, on one connection with the models of the app', async () => {
      const added = run('add-user', env, 'ada@acme.example', 'Ada');
      expect(await added.finished()).toMatchObject({ code: 0 });
      const client = run('client', env);
      expect(await client.finished()).toEqual({
        code: 0,
        output: expect.stringContaining('wrote and read notes, refreshed'),
      });

      const connection = await mongoose.createConnection(database().uri).asPromise();
      try {
        const collections = await connection.listCollections();
        const names = collections.map(({ name }) => name);
        // A server for tests may list one twice that two commands made at once.
        expect([...new Set(names)].sort()).toEqual([
          'gatehouse_counters',
          'gatehouse_records',
          'notes',
          'users',
        ]);
      } finally {
        await connection.close();
      }
      expect(await server.stop()).toMatchObject({ code: 0 });
      // No warning of a default that is only fit for a laptop; that the client used its code twice is one.
      expect(server.output()).not.toMatch(/"level":"(?:warn|error)","message":"(?!code\.replayed)/);
    }, 60_000);

    it('says on /health that the database is away, and that it is back', async () => {
      expect(await answerTo(at('/api/notes'), '{"text', 'application/json')).toEqual(badRequest);
      const health = async (): Promise<unknown> => {
        const response = await fetch(at('/health'));
        expect(response.headers.get('cache-control')).toBe('no-store');
        return { status: response.status, ...((await response.json()) as object) };
      };
      const store = { name: 'mongo', milliseconds: expect.any(Number) };
      expect(await health()).toEqual({ status: 200, ok: true, store: { ...store, ok: true } });
      database().pause();
      try {
        expect(await health()).toMatchObject({ status: 503, ok: false, store: { ok: false } });
      } finally {
        database().resume();
      }
      const deadline = Date.now() + 20_000;
      while (((await health()) as { status: number }).status !== 200 && Date.now() < deadline) {
        await delay(100);
      }
      expect(await health()).toEqual({ status: 200, ok: true, store: { ...store, ok: true } });
    }, 60_000);

    it('answers what is in flight when it is asked to stop, and takes nothing more', async () => {
      const authorize = new URLSearchParams({
        client_id: 'web',
        response_type: 'code',
        redirect_uri: 'https://planner.example/callback',
        scope: 'notes:read',
        state: 's1',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      });
      database().pause();
      try {
        const inFlight = request(at(`/auth/authorize?${authorize}`), {
          // The server says "continue" as soon as the request has reached it.
          headers: { expect: '100-continue' },
        });
        const answered = once(inFlight, 'response');
        inFlight.flushHeaders();
        await once(inFlight, 'continue');
        inFlight.end();
        const stopped = server.stop();
        const deadline = Date.now() + 2_000;
        while ((await isListening()) && Date.now() < deadline) await delay(10);
        expect(await isListening()).toBe(false);
        database().resume();

        const [response] = (await answered) as [IncomingMessage];
        response.resume();
        expect(response.statusCode).toBe(303);
        expect(response.headers.location).toMatch(/^https:\/\/acme\.example\/auth\/interaction\//);
        expect(await stopped).toMatchObject({
          code: 0,
          output: expect.stringMatching(/stopped\n$/),
        });
      } finally {
        database().resume();
      }
    }, 60_000);

    const isListening = (): Promise<boolean> =>
      fetch(at('/health')).then(
        () => true,
        () => false,
      );

    it('prints the indexes for a team that makes them by hand', async () => {
      const printed = await run('migrate', env, '--print').finished();
      expect(printed.code).toBe(0);
      expect(printed.output).toContain(
        'db.getCollection("gatehouse_records").createIndex({"index":1,"_id":1}, {',
      );
    });
  },
  { own: true },
);
