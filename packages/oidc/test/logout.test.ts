import { type BrowserAgent, browserAgent } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { answerOf, bob, headingOf, start } from '../../core/test/interaction-page.js';
import { logIn, refresh } from '../../core/test/oauth-client.js';
import { goHome, travel } from '../../core/test/travel.js';
import { notesOf } from '../../core/test/third-party-client.js';
import { signedIn, startProvider, userinfo } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider();
});
afterEach(goHome);
afterAll(() => host.close());

const bye = 'https://web.test/bye';

const logoutUrl = (params: Record<string, string> = {}): string =>
  `${host.issuer}/logout?${new URLSearchParams(params)}`;

/** Whether somebody is logged in in the browser. */
async function isSignedIn(agent: BrowserAgent): Promise<boolean> {
  const back = await start(host, agent, 'web', { scope: 'openid', prompt: 'none' });
  return 'code' in answerOf(back);
}

describe('the logout endpoint (RP-Initiated Logout §2)', () => {
  it('logs out at once when the hint names who is signed in, and sends the browser on with state [rplogout-2-hint, rplogout-3-redirect]', async () => {
    const { agent, tokens } = await signedIn(host);
    const back = await agent.get(
      logoutUrl({ id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, state: 'a b' }),
    );
    expect([back.status, back.location]).toEqual([303, `${bye}?state=a+b`]);
    expect(await isSignedIn(agent)).toBe(false);
  });

  it('takes a hint that has expired [rplogout-2-hint-expired, rplogout-3-no-state]', async () => {
    const { agent, tokens } = await signedIn(host);
    travel(7200);
    const params = { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye };
    expect((await agent.get(logoutUrl(params))).location).toBe(bye);
    expect(await isSignedIn(agent)).toBe(false);
  });

  it('takes POST too, from another site [rplogout-2-post]', async () => {
    const { agent, tokens } = await signedIn(host);
    const fields = { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye };
    const cross = { cookie: '', origin: 'https://web.test', 'sec-fetch-site': 'cross-site' };
    const first = await agent.post(`${host.issuer}/logout`, fields, cross);
    expect(first.status).toBe(303);
    // Posted, a token is in no address.
    expect(first.location).not.toContain('id_token_hint');
    expect((await agent.get(first.location ?? '')).location).toBe(bye);
    expect(await isSignedIn(agent)).toBe(false);
  });

  it('asks when there is no hint, and does what the person says [rplogout-2-ask]', async () => {
    const { agent } = await signedIn(host);
    const params = { client_id: 'web', post_logout_redirect_uri: bye, state: 's' };
    const page = await agent.get(logoutUrl(params));
    expect([page.status, headingOf(page)]).toEqual([200, 'Do you want to sign out?']);
    expect(page.text).toContain('Acme Web');
    expect(page.text).toContain('<bdi>Ada</bdi>');
    expect(page.text).not.toContain('<script');
    const stayed = await agent.press(page, { logout: 'no' });
    expect(headingOf(stayed)).toBe('You are still signed in');
    expect(await isSignedIn(agent)).toBe(true);
    const again = await agent.get(logoutUrl(params));
    const back = await agent.press(again, { logout: 'yes' });
    expect(back.location).toBe(`${bye}?state=s`);
    expect(await isSignedIn(agent)).toBe(false);
  });

  it('asks when the hint names another person than the one who is signed in [rplogout-2-hint-other]', async () => {
    const { tokens } = await signedIn(host, bob);
    const { agent } = await signedIn(host);
    const page = await agent.get(logoutUrl({ id_token_hint: tokens.id_token }));
    expect(headingOf(page)).toBe('Do you want to sign out?');
    expect(page.text).not.toContain(tokens.id_token);
    expect(await isSignedIn(agent)).toBe(true);
  });

  it('says so when there is nowhere to go, and when nobody was signed in [rplogout-2-nobody]', async () => {
    const { agent } = await signedIn(host);
    const done = await agent.press(await agent.get(logoutUrl()), { logout: 'yes' });
    expect(headingOf(done)).toBe('You are signed out');
    expect(headingOf(await agent.get(logoutUrl()))).toBe('You are signed out');
    const params = { client_id: 'web', post_logout_redirect_uri: bye };
    expect((await agent.get(logoutUrl(params))).location).toBe(bye);
  });

  it('sends nobody to an address without the client that registered it [rplogout-3-no-client]', async () => {
    const { agent } = await signedIn(host);
    const page = await agent.get(logoutUrl({ post_logout_redirect_uri: bye }));
    const done = await agent.press(page, { logout: 'yes' });
    expect([done.location, headingOf(done)]).toEqual([undefined, 'You are signed out']);
  });

  it('accepts ui_locales and logout_hint, and what it does not know [rplogout-2-locales]', async () => {
    const { agent, tokens } = await signedIn(host);
    const params = { ui_locales: 'se', logout_hint: 'bob', unknown: 'x' };
    const back = await agent.get(
      logoutUrl({ id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, ...params }),
    );
    expect(back.location).toBe(bye);
  });

  it('keeps the query of an address that was registered with one [rplogout-3-query]', async () => {
    const uri = 'https://web.test/bye?from=here&state=own';
    await host.auth.clients.create({
      client_id: 'with-query',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://web.test/cb'],
      post_logout_redirect_uris: [uri],
      firstParty: true,
    });
    const params = { client_id: 'with-query', post_logout_redirect_uri: uri };
    const plain = await browserAgent(host.origin).get(logoutUrl(params));
    expect(plain.location).toBe(uri);
    const { location = '' } = await browserAgent(host.origin).get(
      logoutUrl({ ...params, state: 'sent' }),
    );
    const query = new URL(location).searchParams;
    expect([query.get('from'), query.getAll('state').at(-1)]).toEqual(['here', 'sent']);
  });

  it.each([
    ['an address that is not registered', { post_logout_redirect_uri: 'https://evil.test/' }],
    ['a longer one than the registered', { post_logout_redirect_uri: `${bye}/` }],
    ['one with a query', { post_logout_redirect_uri: `${bye}?x` }],
    ['a hint that is none', { id_token_hint: 'nonsense' }],
    ['a client that does not exist', { client_id: 'nobody' }],
    ['another client than that of the hint', { client_id: 'spa' }],
  ])(
    'answers %s with a page, and changes nothing [rplogout-3-exact, rplogout-2-hint-invalid, rplogout-2-client-id, rplogout-4-error]',
    async (_, params) => {
      const { agent, tokens } = await signedIn(host);
      const page = await agent.get(logoutUrl({ id_token_hint: tokens.id_token, ...params }));
      expect([page.status, page.location]).toEqual([400, undefined]);
      expect(await isSignedIn(agent)).toBe(true);
    },
  );

  it('answers a repeated parameter, and an access token as a hint, with a page (§4)', async () => {
    const { agent, tokens } = await signedIn(host);
    const twice = await agent.get(`${logoutUrl({ client_id: 'web' })}&client_id=web`);
    expect(twice.status).toBe(400);
    const wrong = await agent.get(logoutUrl({ id_token_hint: tokens.access_token }));
    expect(wrong.status).toBe(400);
    expect(await isSignedIn(agent)).toBe(true);
  });

  it('takes no form that our page did not send [rplogout-6-csrf]', async () => {
    const { agent } = await signedIn(host);
    const page = await agent.get(logoutUrl({ client_id: 'web' }));
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(page.text) ?? [];
    const url = `${host.issuer}/logout`;
    expect((await agent.post(url, { csrf: 'wrong', logout: 'yes' })).status).toBe(403);
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', 'origin': 'null' },
      { 'sec-fetch-site': 'same-origin, cross-site' },
      { origin: 'https://evil.test' },
    ]) {
      const first = await agent.post(url, { csrf, logout: 'yes' }, headers);
      expect(first.location).toMatch(/\/logout\?posted=[\w-]+$/);
      expect(headingOf(await agent.get(first.location ?? ''))).toBe('Do you want to sign out?');
    }
    expect(await isSignedIn(agent)).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ['says so', { 'sec-fetch-site': 'cross-site', 'origin': 'https://web.test' }],
    ['says only its origin', { origin: 'https://web.test' }],
    ['says nothing', { origin: 'null' }],
  ])(
    'tells nobody that they are signed out while they are not, when a page from elsewhere that %s posts fields of ours',
    async (_title, headers) => {
      const { agent } = await signedIn(host);
      const fields = { client_id: 'web', post_logout_redirect_uri: bye, state: 's' };
      const ours = { csrf: 'x', logout: 'yes', step: 'login' };
      // A browser adds no Lax cookie to it.
      const cross = { cookie: '', ...headers };
      const first = await agent.post(`${host.issuer}/logout`, { ...fields, ...ours }, cross);
      expect(first.status).toBe(303);
      expect(first.location).not.toMatch(/^https:\/\/web\.test/);
      const page = await agent.get(first.location ?? '');
      expect(headingOf(page)).toBe('Do you want to sign out?');
      expect(await isSignedIn(agent)).toBe(true);
      const done = await agent.press(page, { logout: 'yes' });
      expect(done.location).toBe(`${bye}?state=s`);
    },
  );

  it('puts no hint into an address, also where a form with fields of ours has one', async () => {
    const { agent, tokens } = await signedIn(host);
    const fields = { id_token_hint: tokens.id_token, csrf: 'x', state: 's' };
    const headers = { cookie: '', origin: 'null' };
    const { location = '' } = await agent.post(`${host.issuer}/logout`, fields, headers);
    expect(location).toContain(`${host.issuer}/logout?`);
    expect(location).not.toContain(tokens.id_token.slice(0, 20));
    expect(headingOf(await agent.get(location))).toBe('Do you want to sign out?');
  });

  it('tells whoever is signed out already in another tab that they are', async () => {
    const { agent, tokens } = await signedIn(host);
    const page = await agent.get(logoutUrl({ client_id: 'web' }));
    await agent.get(logoutUrl({ id_token_hint: tokens.id_token }));
    const done = await agent.submit(page, { logout: 'yes' });
    expect(headingOf(done)).toBe('You are signed out');
  });
});

describe('a logout', () => {
  it('ends the tokens of this browser, at once, and those of no other [rplogout-2-tokens, core-11-session-bound]', async () => {
    const { agent, tokens } = await signedIn(host);
    const other = await signedIn(host);
    await agent.get(logoutUrl({ id_token_hint: tokens.id_token }));
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(400);
    expect((await userinfo(host, tokens.access_token)).status).toBe(401);
    expect(await notesOf(host, tokens.access_token)).toBe(401);
    expect((await refresh(host, 'web', other.tokens.refresh_token)).status).toBe(200);
    expect(await isSignedIn(other.agent)).toBe(true);
  });

  it('spares what was issued with offline_access [core-11-lives-on]', async () => {
    const { agent, tokens } = await signedIn(host);
    const params = { scope: 'openid offline_access notes:read', prompt: 'consent' };
    const offline = await logIn(host, 'web', { agent, params });
    await agent.get(logoutUrl({ id_token_hint: tokens.id_token }));
    expect((await refresh(host, 'web', offline.refresh_token)).status).toBe(200);
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(400);
  });
});

describe('hostile parameters of the logout endpoint', () => {
  it.each([
    'client_id=%00',
    'client_id[]=web',
    'client_id=__proto__',
    'id_token_hint=%00',
    'id_token_hint=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEiLCJhdWQiOiJ3ZWIifQ.',
    `client_id=web&post_logout_redirect_uri=${encodeURIComponent('javascript:alert(1)')}`,
    `client_id=web&post_logout_redirect_uri=${encodeURIComponent(`${bye}#x`)}`,
    'client_id=web&post_logout_redirect_uri=//web.test/bye',
    `state=${'s'.repeat(5000)}`,
  ])('%.60s log nobody out, and send nobody away', async (query) => {
    const { agent } = await signedIn(host);
    const reply = await agent.get(`${host.issuer}/logout?${query}`);
    expect(reply.location).toBeUndefined();
    expect([200, 400]).toContain(reply.status);
    expect(await isSignedIn(agent)).toBe(true);
  });

  it.each(['logout=no', 'logout=all&logout=yes', 'csrf=x', 'step=login'])(
    'a link with %s, a field of our own form, decides nothing, and the page works',
    async (query) => {
      const { agent } = await signedIn(host);
      const page = await agent.get(`${host.issuer}/logout?client_id=web&${query}`);
      expect(headingOf(page)).toBe('Do you want to sign out?');
      const hidden = [...page.text.matchAll(/type="hidden" name="([^"]+)"/g)].map(
        ([, name]) => name,
      );
      expect(hidden).toEqual(['csrf', 'step', 'client_id']);
      expect(await isSignedIn(agent)).toBe(true);
      const done = await agent.submit(page, { logout: 'yes' });
      expect(headingOf(done)).toBe('You are signed out');
      expect(await isSignedIn(agent)).toBe(false);
    },
  );

  it('a body of megabytes is 413, and a JSON form needs the origin of the issuer', async () => {
    const { agent } = await signedIn(host);
    const big = await agent.post(`${host.issuer}/logout`, { state: 's'.repeat(200_000) });
    expect(big.status).toBe(413);
    const json = await fetch(`${host.origin}${host.mount}/logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"logout":"yes"}',
    });
    expect(json.status).toBe(200);
    expect(await isSignedIn(agent)).toBe(true);
  });
});
