import { environment } from './test/environment.js';
import { generateKeyPairSync, sign } from 'node:crypto';
import type { PrivateJwk, PublicJwk } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { memoryStore } from '@gatehouse/store-memory';
import { decodeProtectedHeader } from 'jose';
import mongoose from 'mongoose';
import pg from 'pg';
import { describeOnMongo } from '../../scripts/testing/mongo.js';
import { describeOnPostgres } from '../../scripts/testing/postgres.js';
import { endPrograms, freePort, startProgram } from '../test/run-example.js';
import { given } from './every.js';
import { begin, logIn, type Options, run, type Running } from './test/effects.js';

const { options } = await import('./options.js');
const { hostSession, keyService, managedPasswords, ownKeys } = await import('./alternatives.js');
const { onMongo, onPostgres } = await import('./stores.js');

beforeAll(() => {
  // What the default logger says of a store that forgets.
  import.meta.jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => import.meta.jest.restoreAllMocks());
afterEach(endPrograms);

test('the server with every option signs a person in, and its client reads the API', async () => {
  const port = String(await freePort());
  const env = { ...environment, PORT: port, ORIGIN: `http://localhost:${port}` };
  const server = startProgram('all-options/dist/server.js', env);
  await server.printed(/is up/);
  const client = startProgram('all-options/dist/client.js', env);
  expect(await client.finished()).toEqual({
    code: 0,
    output: expect.stringContaining('read userinfo and the notes'),
  });
  expect(await server.stop()).toMatchObject({ code: 0 });
  expect([client, server].filter((program) => program.isRunning())).toEqual([]);
});

/** Runs a task on a server with something in place of what the manual has. */
async function on(
  part: Partial<Options>,
  task: (running: Running) => Promise<void>,
): Promise<void> {
  const running = await run({ ...given(options), store: memoryStore(), ...part });
  try {
    await task(running);
  } finally {
    await running.close();
  }
}

async function keyIdsOf(running: Running): Promise<(string | undefined)[]> {
  const { tokens } = await logIn(running);
  return [tokens.id_token, tokens.access_token].map(
    (token) => decodeProtectedHeader(String(token)).kid,
  );
}

describe('in place of the keys of the server', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const marks = [
    { kid: 'of-id-tokens', alg: 'RS256' },
    { kid: 'of-the-api', alg: 'ES256' },
  ];
  const kids = ['of-id-tokens', 'of-the-api'];
  const jwks = (part: 'privateKey' | 'publicKey') =>
    [rsa, ec].map((pair, index) => ({ ...pair[part].export({ format: 'jwk' }), ...marks[index] }));

  it('keys of your own sign', async () => {
    await on({ keys: ownKeys(jwks('privateKey') as PrivateJwk[]) }, async (running) => {
      expect(await keyIdsOf(running)).toEqual(kids);
    });
  });

  it('a key service signs', async () => {
    const asked: string[] = [];
    const service = keyService(jwks('publicKey') as PublicJwk[], async (alg, kid, bytes) => {
      asked.push(kid);
      return sign('sha256', bytes, alg === 'RS256' ? rsa.privateKey : ec.privateKey);
    });
    await on({ keys: service }, async (running) => {
      expect(await keyIdsOf(running)).toEqual(kids);
    });
    expect([...asked].sort()).toEqual([...kids].sort());
  });
});

describe('in place of a check of your own', () => {
  it('Gatehouse keeps the passwords', async () => {
    const [, ...others] = given(options).plugins;
    const plugins = [passwordLogin(given(managedPasswords)), ...others];
    await on({ plugins }, async (running) => {
      await running.auth.passwords?.set('ada', 'ada', 'another password');
      expect((await logIn(running, 'another password')).tokens).toHaveProperty('id_token');
    });
  });

  it('your own login page and session are the login', async () => {
    const [, ...others] = given(options).plugins;
    const { plugin, accounts } = hostSession;
    const session: { login?: { userId: string; at: number } } = {};
    const running = await run(
      { ...given(options), store: memoryStore(), accounts, plugins: [plugin, ...others] },
      (req, _res, next) => {
        Object.assign(req, { session });
        next();
      },
    );
    try {
      const page = await begin(running, {
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      });
      expect(page.url).toMatch(/\/login\?returnTo=/);
      session.login = { userId: 'ada', at: Math.floor(Date.now() / 1000) };
      expect((await logIn(running)).tokens).toHaveProperty('id_token');
      const logout = await running.agent.get(`${running.auth.issuer}/logout`);
      await running.agent.submit(logout, { logout: 'yes' });
      expect(session.login).toBeUndefined();
    } finally {
      await running.close();
    }
  });
});

describeOnMongo('the store on MongoDB', (database) => {
  it('carries the flow, in collections of the prefix', async () => {
    const connection = await mongoose.createConnection(database().uri).asPromise();
    try {
      await on({ store: onMongo(connection) }, async (running) => {
        expect((await logIn(running)).tokens).toHaveProperty('id_token');
      });
      const names = (await connection.listCollections()).map(({ name }) => name);
      expect(names).toContain('gatehouse_records');
    } finally {
      await connection.close();
    }
  }, 60_000);
});

describeOnPostgres('the store on PostgreSQL', (database) => {
  it('carries the flow, in tables of the prefix', async () => {
    const pool = new pg.Pool({ connectionString: database().uri });
    try {
      await on({ store: onPostgres(pool) }, async (running) => {
        expect((await logIn(running)).tokens).toHaveProperty('id_token');
      });
      const { rows } = await pool.query("select to_regclass('gatehouse_records') as name");
      expect(rows).toEqual([{ name: 'gatehouse_records' }]);
    } finally {
      await pool.end();
    }
  }, 60_000);
});
