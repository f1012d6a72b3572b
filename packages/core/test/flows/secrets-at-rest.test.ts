import type { KindDeclaration, Store } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { consentScreen } from '@gatehouse/consent';
import { memoryStore } from '@gatehouse/store-memory';
import { assertion, assertionClaims, clientKey, sendAsserted } from '../assertion.js';
import { browserAgent, pkce } from '../browser-agent.js';
import { clients, ledgerApi, startHost, type TestHost } from '../host.js';
import { basic, introspect, openApi, secretOf, send } from '../machine-client.js';
import {
  authorizationUrl,
  authorize,
  call,
  codeOf,
  logIn,
  redeem,
  refresh,
} from '../oauth-client.js';
import { tapWire, type WireTap } from '../wire-tap.js';

const password = 'the managed password of ada';
let kinds: readonly KindDeclaration[] = [];
let store: Store;
let host: TestHost;
let tap: WireTap;
/** Every record of every kind, as text, at several moments of the run: what is removed later was at rest, too. */
const dumps: string[] = [];

async function dump(): Promise<void> {
  for (const { kind } of kinds) {
    for (let cursor: string | undefined; ; ) {
      const more = cursor === undefined ? {} : { cursor };
      const page = await store.list(kind, 'all', { now: 0, limit: 1000, ...more });
      dumps.push(...page.records.map((record) => JSON.stringify(record)));
      cursor = page.cursor;
      if (cursor === undefined) break;
    }
  }
}

/** Walks whatever hands out or takes a secret, with its failures. */
async function walkEverything(robot: Awaited<ReturnType<typeof clientKey>>): Promise<void> {
  const person = { identifier: 'ada', password };
  const agent = browserAgent(host.origin);
  const { verifier, challenge } = pkce();
  const page = await agent.follow(authorizationUrl(host, 'partner', challenge));
  await agent.press(page, { method: 'password', ...person, password: 'a wrong password' });
  await dump();
  const back = await authorize(agent, authorizationUrl(host, 'partner', challenge), person);
  await dump();
  const code = codeOf(back);
  await redeem(host, 'partner', code, pkce().verifier);
  const { body } = await redeem(host, 'partner', code, verifier);
  await dump();
  const renewed = await refresh(host, 'partner', String(body.refresh_token));
  await refresh(host, 'partner', String(body.refresh_token));
  await introspect(host, String(body.access_token), 'partner');
  await openApi(host, '/api/notes', String(body.access_token));
  await call(host, '/revoke', 'partner', { token: String(body.access_token) });
  await refresh(host, 'partner', String(renewed.body.refresh_token));
  await dump();

  const books = await logIn(host, 'spa', { agent, person, params: { scope: 'ledger:read' } });
  await openApi(host, '/api/ledger', books.access_token);
  await introspect(host, books.access_token, ledgerApi.client_id);
  await dump();
  const again = pkce();
  const replayed = codeOf(await agent.get(authorizationUrl(host, 'spa', again.challenge)));
  for (let times = 0; times < 2; times += 1) await redeem(host, 'spa', replayed, again.verifier);
  await dump();

  for (const scope of ['notes:read', 'ledger:read']) {
    const machine = { grant_type: 'client_credentials', scope };
    const { body: own } = await call(host, '/token', 'machine', machine);
    await introspect(host, String(own.access_token), 'machine');
    const used = await assertion(robot, assertionClaims(host, 'robot'));
    await sendAsserted(host, '/token', used, machine);
    await sendAsserted(host, '/token', used, machine);
  }
  // Secrets in places where they do not belong.
  const secret = secretOf('web');
  for (let times = 0; times < 12; times += 1) {
    await send(host, '/token', {
      client_id: secret,
      client_secret: 'a wrong secret',
      grant_type: 'x',
    });
  }
  await send(host, '/token', { grant_type: secret }, { authorization: basic('web', secret) });
  await send(
    host,
    '/introspect',
    { token: 'garbage-token' },
    { authorization: basic('web', 'a wrong secret') },
  );
  const wrongPlace = authorizationUrl(host, 'spa', challenge, { scope: books.refresh_token });
  await agent.get(wrongPlace);
  await host.auth.passwords.change('ada', password, 'the next password of ada');
  await host.auth.revoke({ accountId: 'ada' });
  await dump();
}

beforeAll(async () => {
  const memory = memoryStore();
  store = {
    ...memory,
    open: async (declared) => {
      kinds = declared;
      await memory.open(declared);
    },
  };
  const robot = await clientKey();
  tap = tapWire();
  host = await startHost({
    store,
    clients: [
      ...clients,
      {
        client_id: 'robot',
        jwks: robot.jwks,
        grant_types: ['client_credentials'],
        scope: 'notes:read ledger:read',
      },
    ],
    plugins: [passwordLogin({ managed: true }), consentScreen()],
  });
  await host.auth.passwords.set('ada', 'ada', password);
  await walkEverything(robot);
  tap.stop();
});
afterAll(() => host.close());

describe('after a run through everything', () => {
  it('the tap has heard secrets of every sort, and the run has left records and a log', () => {
    expect(tap.secrets).toContain(password);
    expect(tap.secrets).toContain(secretOf('machine'));
    expect(tap.secrets.size).toBeGreaterThan(40);
    const found = new Set(dumps.map((text) => (JSON.parse(text) as { kind: string }).kind));
    for (const kind of [
      'Session',
      'Interaction',
      'AuthorizationCode',
      'AccessToken',
      'RefreshToken',
      'Grant',
    ]) {
      expect(found).toContain(kind);
    }
    for (const kind of [
      'ClientCredentials',
      'ReplayDetection',
      'Revocation',
      'Password',
      'SigningKeys',
      'Consent',
    ]) {
      expect(found).toContain(kind);
    }
    const messages = host.log.map(({ message }) => message);
    for (const message of [
      'login.failed',
      'login.succeeded',
      'token.issued',
      'token.refused',
      'code.replayed',
      'client.limited',
    ]) {
      expect(messages).toContain(message);
    }
  });

  it('no secret is in a record of the store', () => {
    const text = dumps.join('\n');
    const leaked = [...tap.secrets].filter((secret) => text.includes(secret));
    expect(leaked).toEqual([]);
  });

  it('no private key is in a record of the store', () => {
    expect(dumps.join('\n')).not.toMatch(/\\?"d\\?":/);
  });

  it('no secret is in the log', () => {
    const text = JSON.stringify(host.log, (_key, value: unknown) =>
      value instanceof Error ? `${value.message} ${value.stack}` : value,
    );
    const leaked = [...tap.secrets].filter((secret) => text.includes(secret));
    expect(leaked).toEqual([]);
  });
});
