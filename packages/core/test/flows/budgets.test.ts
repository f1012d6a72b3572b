import type { Store } from '@gatehouse/core';
import { type CountingStore, countingStore } from '@gatehouse/store-contract';
import { memoryStore } from '@gatehouse/store-memory';
import {
  assertion,
  assertionClaims,
  type ClientKey,
  clientKey,
  sendAsserted,
} from '../assertion.js';
import { type BrowserAgent, browserAgent, pkce } from '../browser-agent.js';
import { clients, ledgerApi, startHost, type TestHost } from '../host.js';
import { introspect, openApi, send } from '../machine-client.js';
import {
  authorizationUrl,
  call,
  codeOf,
  logIn,
  redeem,
  refresh,
  type Tokens,
} from '../oauth-client.js';

let counter: CountingStore;
let key: ClientKey;
let host: TestHost;
let agent: BrowserAgent;
let tokens: Tokens;

/** Counts what requests ask. What the revocation feed reads in the background, once a second, goes past the counter. */
function countRequests(): Store {
  const store = memoryStore();
  counter = countingStore(store);
  return {
    ...counter,
    list: (kind, ...rest) => (kind === 'Revocation' ? store : counter).list(kind, ...rest),
  };
}

beforeAll(async () => {
  key = await clientKey();
  host = await startHost({
    store: countRequests(),
    clients: [
      ...clients,
      {
        client_id: 'robot',
        jwks: key.jwks,
        redirect_uris: ['https://robot.test/cb'],
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        scope: 'notes:read ledger:read',
        firstParty: true,
      },
    ],
  });
  agent = browserAgent(host.origin);
  // The budgets hold from the second authorization of a client in a session on.
  for (const clientId of ['web', 'spa', 'partner']) tokens = await logIn(host, clientId, { agent });
  tokens = await logIn(host, 'web', { agent });
});
afterAll(() => host.close());

/** The sequential rounds that a request waits for. */
async function roundsOf(
  request: () => Promise<{ readonly status: number }>,
  status = 200,
): Promise<number> {
  counter.reset();
  expect((await request()).status).toBe(status);
  return counter.rounds();
}

const asMachine = { grant_type: 'client_credentials' };
const asserted = async (path: string, fields: Record<string, string>): Promise<number> => {
  const client_assertion = await assertion(key, assertionClaims(host, 'robot'));
  return roundsOf(() => sendAsserted(host, path, client_assertion, fields));
};

describe('the sequential store rounds of', () => {
  it.each(['web', 'spa', 'partner'])('an authorization for %s are 2', async (clientId) => {
    const url = authorizationUrl(host, clientId, pkce().challenge);
    expect(await roundsOf(() => agent.get(url), 303)).toBe(2);
  });

  it.each([
    ['JWT', 'notes:read'],
    ['opaque token', 'ledger:read'],
  ])('a code exchange and a refresh for a %s are 2', async (_format, scope) => {
    const { verifier, challenge } = pkce();
    const code = codeOf(await agent.get(authorizationUrl(host, 'web', challenge, { scope })));
    let refreshToken = '';
    const exchange = async (): ReturnType<typeof redeem> => {
      const answer = await redeem(host, 'web', code, verifier);
      refreshToken = String(answer.body.refresh_token);
      return answer;
    };
    expect(await roundsOf(exchange)).toBe(2);
    expect(await roundsOf(() => refresh(host, 'web', refreshToken))).toBe(2);
    // Repeated: the record and its family, then the successor.
    expect(await roundsOf(() => refresh(host, 'web', refreshToken))).toBeLessThanOrEqual(3);
  });

  it('an introspection are 1 for an opaque token, 2 at most for a JWT', async () => {
    const { access_token } = await logIn(host, 'web', { agent, params: { scope: 'ledger:read' } });
    const machine = await call(host, '/token', 'machine', { ...asMachine, scope: 'notes:read' });
    const jwt = String(machine.body.access_token);
    expect(await roundsOf(() => introspect(host, access_token))).toBe(1);
    expect(await roundsOf(() => introspect(host, access_token, ledgerApi.client_id))).toBe(1);
    expect(await roundsOf(() => introspect(host, tokens.refresh_token))).toBe(1);
    expect(await roundsOf(() => introspect(host, tokens.access_token))).toBeLessThanOrEqual(2);
    expect(await roundsOf(() => introspect(host, jwt, 'machine'))).toBeLessThanOrEqual(2);
    expect(await roundsOf(() => introspect(host, 'unknown'))).toBe(1);
  });

  it('client_credentials are 1 for an opaque token, 0 for a JWT', async () => {
    const ask = (scope: string): Promise<number> =>
      roundsOf(() => call(host, '/token', 'machine', { ...asMachine, scope }));
    expect(await ask('ledger:read')).toBe(1);
    expect(await ask('notes:read')).toBe(0);
  });

  it('the guard are 0 for a JWT, 1 for an opaque token', async () => {
    const { access_token } = await logIn(host, 'web', { agent, params: { scope: 'ledger:read' } });
    expect(await roundsOf(() => openApi(host, '/api/notes', tokens.access_token))).toBe(0);
    expect(await roundsOf(() => openApi(host, '/api/ledger', access_token))).toBe(1);
  });

  it('private_key_jwt are 1 more at most', async () => {
    expect(await asserted('/token', { ...asMachine, scope: 'notes:read' })).toBe(1);
    expect(await asserted('/token', { ...asMachine, scope: 'ledger:read' })).toBeLessThanOrEqual(2);
    expect(await asserted('/introspect', { token: 'unknown' })).toBeLessThanOrEqual(3);
    expect(await asserted('/introspect', { token: tokens.access_token })).toBeLessThanOrEqual(3);
  });

  it('a client authentication that fails are 0, and 1 to look for a client that is not there', async () => {
    const known = { token: 'x', client_id: 'web' };
    expect(await roundsOf(() => send(host, '/introspect', known, {}), 401)).toBe(0);
    const unknown = { client_id: 'nobody' };
    expect(await roundsOf(() => send(host, '/token', unknown), 401)).toBeLessThanOrEqual(1);
  });
});

describe('a store without findRelated', () => {
  it('keeps the budgets too, with what one record points to read at once', async () => {
    const store = memoryStore();
    const plain = countingStore({ ...store, findRelated: undefined } as never as Store);
    const own = await startHost({
      store: {
        ...plain,
        list: (kind, ...rest) => (kind === 'Revocation' ? store : plain).list(kind, ...rest),
      },
    });
    try {
      const browser = browserAgent(own.origin);
      await logIn(own, 'web', { agent: browser });
      const { verifier, challenge } = pkce();
      plain.reset();
      const code = codeOf(await browser.get(authorizationUrl(own, 'web', challenge)));
      expect(plain.rounds()).toBeLessThanOrEqual(3);
      plain.reset();
      const { body } = await redeem(own, 'web', code, verifier);
      expect(plain.rounds()).toBeLessThanOrEqual(3);
      plain.reset();
      await refresh(own, 'web', String(body.refresh_token));
      expect(plain.rounds()).toBeLessThanOrEqual(3);
    } finally {
      await own.close();
    }
  });
});
