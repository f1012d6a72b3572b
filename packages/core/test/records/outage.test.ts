import {
  type BreakableStore,
  breakableStore,
  driverError,
  type StoreCall,
} from '../broken-store.js';
import { type BrowserAgent, browserAgent, pkce, type Reply } from '../browser-agent.js';
import { ledgerApi, startHost, type TestHost } from '../host.js';
import { introspect, openApi, send, until } from '../machine-client.js';
import {
  type Answer,
  authorizationUrl,
  call,
  logIn,
  redeem,
  refresh,
  type Tokens,
  takeCode,
} from '../oauth-client.js';
import { testStore } from '../test-store.js';

let store: BreakableStore;
let host: TestHost;
let agent: BrowserAgent;
let tokens: Tokens;
let opaque: Tokens;
beforeEach(async () => {
  store = breakableStore();
  host = await startHost({ store });
  agent = browserAgent(host.origin);
  tokens = await logIn(host, 'web', { agent });
  opaque = await logIn(host, 'web', { agent, params: { scope: 'ledger:read' } });
});
afterEach(async () => {
  store.mend();
  await host.close();
});

function expectUnavailable({ status, headers, body }: Answer): void {
  expect([status, body]).toEqual([
    503,
    {
      error: 'temporarily_unavailable',
      error_description: 'the server cannot reach its storage, try again',
    },
  ]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(headers.get('cache-control')).toBe('no-store');
}

function expectPage(reply: Reply): void {
  expect([reply.status, reply.location]).toEqual([503, undefined]);
  expect(reply.headers.get('content-type')).toMatch(/^text\/html/);
  expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(reply.headers.getSetCookie()).toEqual([]);
  expect(reply.text).not.toMatch(/hunter2|10\.0\.0\.7|code=/);
}

/** Waits until a node has asked in vain for what others revoked. */
async function feedFails({ log }: TestHost): Promise<void> {
  const hasFailed = async (): Promise<boolean> =>
    log.some(({ message }) => message === 'revocations could not be read');
  expect(await until(hasFailed, Boolean, 10_000)).toBe(true);
}

const machine = { grant_type: 'client_credentials' };

describe('a store that is out of reach', () => {
  it.each<[string, StoreCall[]]>([
    ['altogether', []],
    ['for reading', ['find', 'findRelated', 'list']],
  ])('makes the machine endpoints say so, in JSON, %s', async (_how, calls) => {
    const { code, verifier } = await takeCode(host, 'web', { agent });
    store.break(...calls);
    expectUnavailable(await redeem(host, 'web', code, verifier));
    expectUnavailable(await refresh(host, 'web', tokens.refresh_token));
    expectUnavailable(await introspect(host, tokens.access_token));
    expectUnavailable(await introspect(host, opaque.access_token));
    expectUnavailable(await introspect(host, opaque.access_token, ledgerApi.client_id));
    for (const token of [tokens.access_token, tokens.refresh_token, opaque.access_token]) {
      expectUnavailable(await call(host, '/revoke', 'web', { token }));
    }
    for (const path of ['/token', '/introspect', '/revoke']) {
      const unknown = { client_id: 'nobody', token: 'x', grant_type: 'x' };
      expectUnavailable(await send(host, path, unknown));
      const authorization = `Basic ${Buffer.from('nobody:').toString('base64')}`;
      expectUnavailable(await send(host, path, { token: 'x' }, { authorization }));
    }
    store.mend();
    expect((await redeem(host, 'web', code, verifier)).status).toBe(200);
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(200);
    expect((await introspect(host, opaque.access_token)).body.active).toBe(true);
  });

  it('for writing hands nothing out, and spends nothing', async () => {
    const { code, verifier } = await takeCode(host, 'web', { agent });
    store.break('commit');
    expectUnavailable(await redeem(host, 'web', code, verifier));
    expectUnavailable(await refresh(host, 'web', tokens.refresh_token));
    expectUnavailable(await call(host, '/token', 'machine', { ...machine, scope: 'ledger:read' }));
    expectUnavailable(await call(host, '/revoke', 'web', { token: tokens.access_token }));
    expect((await introspect(host, tokens.access_token)).body.active).toBe(true);
    store.mend();
    expect((await redeem(host, 'web', code, verifier)).status).toBe(200);
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(200);
  });

  it('does not keep a machine from a JWT, which needs no store', async () => {
    store.break();
    const { status, body } = await call(host, '/token', 'machine', {
      ...machine,
      scope: 'notes:read',
    });
    expect(status).toBe(200);
    expect((await openApi(host, '/api/machine', String(body.access_token))).status).toBe(200);
  });

  it('lets the guard go on with JWTs, and answer 503 for opaque tokens', async () => {
    store.break();
    await feedFails(host);
    expect((await openApi(host, '/api/notes', tokens.access_token)).status).toBe(200);
    expect((await openApi(host, '/api/ledger', opaque.access_token)).status).toBe(503);
    store.mend();
    expect((await openApi(host, '/api/ledger', opaque.access_token)).status).toBe(200);
  });

  it('delays what another node revoked for the guard until it is back, and no longer', async () => {
    const kept = testStore();
    const cut = breakableStore(kept);
    const publicOrigin = 'https://id.test';
    const one = await startHost({ store: cut, publicOrigin });
    const two = await startHost({ store: kept, publicOrigin });
    try {
      const browser = browserAgent(one.origin, publicOrigin);
      const own = await logIn(one, 'spa', { agent: browser });
      const { access_token } = await logIn(one, 'web', { agent: browser });
      const ask = (): ReturnType<typeof openApi> => openApi(one, '/api/notes', access_token);
      cut.break('list');
      await feedFails(one);
      await call(one, '/revoke', 'spa', { token: own.access_token });
      expect((await openApi(one, '/api/notes', own.access_token)).status).toBe(401);
      await call(two, '/revoke', 'web', { token: access_token });
      expect((await introspect(one, access_token)).body).toEqual({ active: false });
      expect((await ask()).status).toBe(200);
      cut.mend();
      expect((await until(ask, ({ status }) => status === 401, 2000)).status).toBe(401);
    } finally {
      await one.close();
      await two.close();
    }
  });

  it.each<[string, StoreCall[]]>([
    ['altogether', []],
    ['for writing', ['commit']],
  ])(
    'is a page at the authorization endpoint, %s, without a code, a redirect or a cookie',
    async (_how, calls) => {
      const urls = [
        authorizationUrl(host, 'web', pkce().challenge),
        authorizationUrl(host, 'spa', pkce().challenge),
        authorizationUrl(host, 'web', pkce().challenge, { prompt: 'login' }),
      ];
      const strangers = [agent, browserAgent(host.origin)];
      for (const browser of strangers) {
        for (const url of urls) {
          store.break(...calls);
          expectPage(await browser.get(url));
          store.mend();
        }
      }
      expect((await agent.get(urls[0] ?? '')).location).toContain('code=');
    },
  );

  it('is a page, or JSON, while somebody logs in, who goes on when it is back', async () => {
    const person = { method: 'password', identifier: 'ada', password: 'ada-pw' };
    const browser = browserAgent(host.origin);
    const page = await browser.follow(authorizationUrl(host, 'web', pkce().challenge));
    store.break();
    expectPage(await browser.get(page.url));
    expectPage(await browser.press(page, person));
    const json = await browser.get(page.url, { accept: 'application/json' });
    expect(json.status).toBe(503);
    expect(JSON.stringify(JSON.parse(json.text))).not.toContain('hunter2');
    store.mend();
    store.break('commit');
    expectPage(await browser.press(page, person));
    store.mend();
    const pressed = await browser.press(page, person);
    store.break('commit');
    expectPage(await browser.get(pressed.location ?? ''));
    store.mend();
    expect((await browser.get(pressed.location ?? '')).location).toContain('code=');
  });

  it('is told to the log with its cause, and to nobody else', async () => {
    store.break();
    await refresh(host, 'web', tokens.refresh_token);
    const failed = host.log.find(({ message }) => message === 'store.failed');
    expect(failed).toMatchObject({ level: 'warn', context: { route: 'token' } });
    expect(failed?.context).toHaveProperty('detail', `Error: ${driverError}`);
  });

  it.each<[string, StoreCall[]]>([
    ['altogether', []],
    ['for reading', ['find']],
    ['for writing', ['commit']],
  ])('is what health() says, %s, and that it is back', async (_how, calls) => {
    store.break(...calls);
    expect(await host.auth.health()).toMatchObject({
      ok: false,
      store: { ok: false, error: 'Error' },
    });
    store.mend();
    const { name } = store;
    expect(await host.auth.health()).toMatchObject({ ok: true, store: { name, ok: true } });
  });

  it('keeps well-known documents and keys readable', async () => {
    store.break();
    for (const path of ['/jwks', '/.well-known/oauth-authorization-server']) {
      expect((await fetch(`${host.origin}${host.mount}${path}`)).status).toBe(200);
    }
  });

  it('makes revoke() reject, which may be called again', async () => {
    store.break();
    await expect(host.auth.revoke({ accountId: 'ada' })).rejects.toThrow();
    store.mend();
    await host.auth.revoke({ accountId: 'ada' });
    expect((await refresh(host, 'web', tokens.refresh_token)).body.error).toBe('invalid_grant');
  });
});
