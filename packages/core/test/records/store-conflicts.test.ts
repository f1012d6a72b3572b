import { delayedStore } from '@gatehouse/store-contract';
import { type BrowserAgent, browserAgent, pkce, type Reply } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { introspect, openApi, until } from '../machine-client.js';
import {
  authorizationUrl,
  codeOf,
  logIn,
  redeem,
  refresh,
  type Tokens,
  takeCode,
} from '../oauth-client.js';
import { testStore } from '../test-store.js';
import { consumes, type WatchedStore, watchedStore, writes } from '../watched-store.js';

let store: WatchedStore;
let host: TestHost;
let agent: BrowserAgent;
beforeEach(async () => {
  store = watchedStore();
  host = await startHost({ store });
  agent = browserAgent(host.origin);
});
afterEach(() => host.close());

const now = (): number => Math.floor(Date.now() / 1000);
const ada = { identifier: 'ada', password: 'ada-pw' };

async function sessionIds(): Promise<string[]> {
  const { records } = await store.list('Session', 'all', { now: now() });
  return records.flatMap(({ keys: { uid } }) => uid ?? []);
}

/** The page that the browser gets for a new authorization: a login page when its session is dead. */
async function isLoggedOut(browser: BrowserAgent, on = host): Promise<boolean> {
  const page = await browser.follow(authorizationUrl(on, 'web', pkce().challenge));
  return page.text.includes('name="password"');
}

async function expectDead(tokens: Partial<Tokens>, on = host): Promise<void> {
  const { access_token = 'none', refresh_token = 'none' } = tokens;
  expect((await refresh(on, 'web', refresh_token)).body.error).toBe('invalid_grant');
  expect((await introspect(on, access_token)).body).toEqual({ active: false });
  const ask = (): ReturnType<typeof openApi> => openApi(on, '/api/notes', access_token);
  expect((await until(ask, ({ status }) => status === 401, 2000)).status).toBe(401);
}

describe('revoke({ accountId }) while an authorization runs', () => {
  it('leaves no session and no code behind when it comes between the login and the way back', async () => {
    const { challenge, verifier } = pkce();
    const page = await agent.follow(authorizationUrl(host, 'web', challenge));
    const pressed = await agent.press(page, { method: 'password', ...ada });
    await host.auth.revoke({ accountId: 'ada' });
    const back = await agent.follow(pressed.location ?? '');
    const code = new URL(back.location ?? 'none:').searchParams.get('code') ?? 'none';
    expect((await redeem(host, 'web', code, verifier)).status).toBe(400);
    expect(await isLoggedOut(agent)).toBe(true);
  });

  it.each([
    ['the interaction of the login is committed', writes('Interaction')],
    ['the way back is committed', consumes('Interaction')],
    ['the code is committed', writes('AuthorizationCode')],
  ])('leaves nothing alive when it comes before %s', async (_when, isWanted) => {
    const { challenge, verifier } = pkce();
    const page = await agent.follow(authorizationUrl(host, 'web', challenge));
    store.before(isWanted, () => host.auth.revoke({ accountId: 'ada' }));
    const back = await agent.submit(page, { method: 'password', ...ada });
    const code = new URL(back.location ?? 'none:').searchParams.get('code') ?? 'none';
    expect((await redeem(host, 'web', code, verifier)).status).toBe(400);
    expect(await isLoggedOut(agent)).toBe(true);
  });

  it('leaves nothing alive when it comes before the redemption is committed', async () => {
    const { code, verifier } = await takeCode(host, 'web', { agent });
    store.before(consumes('AuthorizationCode'), () => host.auth.revoke({ accountId: 'ada' }));
    const { status, body } = await redeem(host, 'web', code, verifier);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    expect(await isLoggedOut(agent)).toBe(true);
  });

  it('leaves nothing alive when it comes before a refresh is committed', async () => {
    const tokens = await logIn(host, 'web', { agent });
    store.before(consumes('RefreshToken'), () => host.auth.revoke({ accountId: 'ada' }));
    const { status, body } = await refresh(host, 'web', tokens.refresh_token);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    await expectDead(tokens);
  });

  it('leaves nothing of an old session alive, at whatever moment it comes', async () => {
    const slow = await startHost({ store: delayedStore(testStore(), { minMs: 0, maxMs: 3 }) });
    try {
      for (let round = 0; round < 15; round += 1) {
        const browser = browserAgent(slow.origin);
        const tokens = await logIn(slow, 'web', { agent: browser });
        const got: Partial<Tokens>[] = [tokens];
        const run = async (): Promise<void> => {
          const { challenge, verifier } = pkce();
          const back = await browser.get(authorizationUrl(slow, 'web', challenge));
          const code = new URL(back.location ?? 'none:').searchParams.get('code');
          if (code !== null) got.push((await redeem(slow, 'web', code, verifier)).body);
        };
        const renew = async (): Promise<void> => {
          got.push((await refresh(slow, 'web', tokens.refresh_token)).body);
        };
        const end = async (): Promise<void> => {
          await new Promise((resolve) => setTimeout(resolve, round * 2));
          await slow.auth.revoke({ accountId: 'ada' });
        };
        await Promise.all([run(), renew(), end()]);
        await Promise.all(got.map((one) => expectDead(one, slow)));
        expect(await isLoggedOut(browser, slow)).toBe(true);
      }
    } finally {
      await slow.close();
    }
  });
});

describe('a session that was removed', () => {
  it('does not come back by a request that had read it before', async () => {
    await logIn(host, 'web', { agent });
    const [uid = ''] = await sessionIds();
    // The first authorization of another client writes the session.
    store.before(writes('Session'), () => host.auth.revoke({ sessionId: uid }));
    const url = authorizationUrl(host, 'spa', pkce().challenge);
    const back = await agent.get(url);
    expect([back.status, back.location]).toEqual([303, url]);
    expect(await sessionIds()).not.toContain(uid);
    expect((await agent.follow(url)).text).toContain('name="password"');
  });

  it('takes its grants with it, and those of no other session', async () => {
    const other = browserAgent(host.origin);
    const lives = await logIn(host, 'web', { agent: other });
    const [otherUid = ''] = await sessionIds();
    const tokens = await logIn(host, 'web', { agent });
    const uid = (await sessionIds()).find((one) => one !== otherUid) ?? '';
    await host.auth.revoke({ sessionId: uid });
    await expectDead(tokens);
    expect(await isLoggedOut(agent)).toBe(true);
    expect((await refresh(host, 'web', lives.refresh_token)).status).toBe(200);
    expect(await isLoggedOut(other)).toBe(false);
  });

  it('ends a way back that was under way', async () => {
    await logIn(host, 'web', { agent });
    const [uid = ''] = await sessionIds();
    const url = authorizationUrl(host, 'web', pkce().challenge, { prompt: 'login' });
    const pressed = await agent.press(await agent.follow(url), { method: 'password', ...ada });
    store.before(consumes('Interaction'), () => host.auth.revoke({ sessionId: uid }));
    const back = await agent.get(pressed.location ?? '');
    expect(back.location ?? '').not.toContain('code=');
    expect(await sessionIds()).not.toContain(uid);
  });
});

describe('a commit that conflicts at the authorization endpoint', () => {
  /** Writes the session as it is, as another tab would. */
  async function touchSession(): Promise<void> {
    const { records } = await store.list('Session', 'all', { now: now() });
    const puts = records.map(({ revision: _revision, ...put }) => ({ put }));
    await store.commit(puts, now());
  }

  it('redirects to itself without code or cookies, and then succeeds', async () => {
    await logIn(host, 'web', { agent });
    store.before(writes('Session'), touchSession);
    const { challenge, verifier } = pkce();
    const url = authorizationUrl(host, 'spa', challenge);
    const first = await agent.get(url);
    expect([first.status, first.location]).toEqual([303, url]);
    expect(first.headers.getSetCookie()).toEqual([]);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.text).not.toMatch(/[?&;]code=/);
    const { records } = await store.list('AuthorizationCode', 'all', { now: now() });
    const code = codeOf(await agent.follow(url));
    expect((await redeem(host, 'spa', code, verifier)).status).toBe(200);
    expect(records.filter(({ keys }) => keys.clientId === 'spa')).toEqual([]);
    expect(host.log).toContainEqual(
      expect.objectContaining({
        message: 'store.conflict',
        context: expect.objectContaining({ kind: 'Session', reason: 'revision' }),
      }),
    );
    expect(host.log.filter(({ message }) => message === 'authorization.issued')).toHaveLength(2);
  });

  it('lets two tabs authorize two clients at once, in one session', async () => {
    const slow = await startHost({ store: delayedStore(testStore(), { minMs: 0, maxMs: 3 }) });
    try {
      const browser = browserAgent(slow.origin);
      await logIn(slow, 'web', { agent: browser });
      const tab = async (clientId: string): Promise<number> => {
        const { challenge, verifier } = pkce();
        const back = await browser.follow(authorizationUrl(slow, clientId, challenge));
        return (await redeem(slow, clientId, codeOf(back), verifier)).status;
      };
      expect(await Promise.all(['spa', 'web', 'spa', 'web'].map(tab))).toEqual([
        200, 200, 200, 200,
      ]);
      expect(await isLoggedOut(browser, slow)).toBe(false);
    } finally {
      await slow.close();
    }
  });
});

describe('two requests that answer one interaction', () => {
  it('give one code at most when the way back is taken twice at once', async () => {
    const slow = await startHost({ store: delayedStore(testStore(), { minMs: 1, maxMs: 3 }) });
    try {
      const browser = browserAgent(slow.origin);
      const page = await browser.follow(authorizationUrl(slow, 'web', pkce().challenge));
      const pressed = await browser.press(page, { method: 'password', ...ada });
      const backs = await Promise.all(
        Array.from({ length: 5 }, () => browser.get(pressed.location ?? '')),
      );
      const codes = backs.filter(({ location }) => location?.includes('code='));
      expect(codes).toHaveLength(1);
      for (const { status, location = '' } of backs) {
        if (!location.includes('code=')) expect([303, 400]).toContain(status);
      }
    } finally {
      await slow.close();
    }
  });

  it('log in once when the form is sent twice at once', async () => {
    const slow = await startHost({ store: delayedStore(testStore(), { minMs: 1, maxMs: 3 }) });
    try {
      const browser = browserAgent(slow.origin);
      const page = await browser.follow(authorizationUrl(slow, 'web', pkce().challenge));
      const replies: Reply[] = await Promise.all(
        Array.from({ length: 3 }, () => browser.press(page, { method: 'password', ...ada })),
      );
      for (const { status } of replies) expect([200, 303]).toContain(status);
      const [pressed] = replies.filter(({ location }) => location?.includes('/authorize/'));
      expect(codeOf(await browser.follow(pressed?.location ?? ''))).not.toBe('');
    } finally {
      await slow.close();
    }
  });
});
