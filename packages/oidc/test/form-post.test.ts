import { browserAgent } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { ada, answerOf, headingOf, start } from '../../core/test/interaction-page.js';
import { authorizationUrl } from '../../core/test/oauth-client.js';
import { goHome, travel } from '../../core/test/travel.js';
import { hiddenFieldsOf, signedIn, startProvider } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider();
});
afterEach(goHome);
afterAll(() => host.close());

const form = { scope: 'openid', response_mode: 'form_post' };

describe('response_mode=form_post (Form Post §2)', () => {
  it('answers with a page that posts code, state and iss to the client, by a button or its script [formpost-2-form, formpost-2-no-store]', async () => {
    const agent = browserAgent(host.origin);
    const page = await agent.submit(await start(host, agent, 'web', form), ada);
    expect(page.status).toBe(200);
    expect(page.text).toContain('<form method="post" action="https://web.test/cb">');
    expect(page.text).toMatch(/<button type="submit"[^>]*>Continue<\/button>/);
    expect(hiddenFieldsOf(page.text)).toEqual({
      code: expect.any(String),
      state: 'the-state',
      iss: host.issuer,
    });
    const policy = page.headers.get('content-security-policy') ?? '';
    const [, nonce] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];
    expect(page.text).toContain(`<script nonce="${nonce}">`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('form-action');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('answers errors in the same way [formpost-2-errors]', async () => {
    const agent = browserAgent(host.origin);
    for (const [params, error] of [
      [{ prompt: 'none' }, 'login_required'],
      [{ scope: 'openid nothing' }, 'invalid_scope'],
      [{ code_challenge: '' }, 'invalid_request'],
      [{ response_type: 'token' }, 'unsupported_response_type'],
    ] as const) {
      const page = await start(host, agent, 'web', { ...form, ...params });
      expect([page.status, hiddenFieldsOf(page.text)]).toEqual([
        200,
        expect.objectContaining({ error, state: 'the-state', iss: host.issuer }),
      ]);
    }
  });

  it('shows a page and no form when the redirect URI is not registered (RFC 6749 §3.1.2.4) [formpost-2-unregistered]', async () => {
    const agent = browserAgent(host.origin);
    const page = await start(host, agent, 'web', { ...form, redirect_uri: 'https://evil.test/cb' });
    expect(page.status).toBe(400);
    expect(page.text).not.toContain('<form');
  });

  it('writes what the client sent as text [formpost-2-escaped]', async () => {
    const agent = browserAgent(host.origin);
    const state = '"><script>alert(1)</script>';
    const page = await start(host, agent, 'web', { ...form, prompt: 'none', state });
    expect(page.text).not.toContain('<script>alert');
  });
});

describe('POST to the authorization endpoint (Core §3.1.2.1)', () => {
  const body = (params: Record<string, string>): Record<string, string> =>
    Object.fromEntries(new URL(authorizationUrl(host, 'web', 'c'.repeat(43), params)).searchParams);

  it('is the same request by GET, so that the cookie of the person comes with it [core-3.1.2.1-post]', async () => {
    const { agent } = await signedIn(host);
    const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://web.test', cookie: '' };
    const first = await agent.post(
      `${host.issuer}/authorize`,
      body({ scope: 'openid', prompt: 'none' }),
      cross,
    );
    expect(first.status).toBe(303);
    expect(answerOf(await agent.get(first.location ?? ''))).toHaveProperty('code');
  });

  it('leads to the login page like a GET', async () => {
    const agent = browserAgent(host.origin);
    const first = await agent.post(`${host.issuer}/authorize`, body({ scope: 'openid' }));
    expect(headingOf(await agent.follow(first.location ?? ''))).toBe('Sign in');
  });

  it('answers a repeated parameter as a GET does (RFC 6749 §3.1) [core-3.1.2.1-repeated]', async () => {
    for (const query of ['scope=openid', `${'x&'.repeat(1200)}state=b`]) {
      const url = `${host.issuer}/authorize?${query}`;
      const first = await browserAgent(host.origin).post(url, body({ scope: 'openid' }));
      const back = await browserAgent(host.origin).get(first.location ?? '');
      expect(answerOf(back)).toMatchObject({ error: 'invalid_request' });
    }
  });

  it('keeps what was posted out of the address', async () => {
    const agent = browserAgent(host.origin);
    const hints = { login_hint: 'ada@example.com', id_token_hint: 'a.b.c', state: 'kept-apart' };
    const first = await agent.post(`${host.issuer}/authorize`, body({ scope: 'openid', ...hints }));
    const { search } = new URL(first.location ?? '');
    expect(search).toMatch(/^\?posted=[\w-]+$/);
    const readable = `${search}${Buffer.from(search.slice(8), 'base64url')}`;
    for (const hint of Object.values(hints)) expect(readable).not.toContain(hint);
  });

  it.each(['/authorize', '/logout'])(
    'takes an address of %s for ten minutes: whoever finds it in a log later learns nothing by it',
    async (path) => {
      const agent = browserAgent(host.origin);
      const fields = body({ scope: 'openid', login_hint: 'ada@example.com' });
      const { location = '' } = await agent.post(`${host.issuer}${path}`, fields);
      // The clock of another node may be behind.
      for (const [seconds, status] of [
        [-120, 200],
        [120 + 590, 200],
        [20, 400],
      ] as const) {
        travel(seconds);
        const reply = await agent.follow(location);
        expect([seconds, reply.status]).toEqual([seconds, status]);
        if (status === 400) expect(reply.text).not.toContain('ada@example.com');
        if (status === 400) expect(reply.text).toContain('the address has expired');
      }
    },
  );

  it.each([
    ['of another endpoint', (query: string) => ['/logout', query]],
    ['that was changed', (query: string) => ['/authorize', `${query.slice(0, -9)}AAAAAAAAA`]],
    ['that is cut short', () => ['/authorize', '?posted=AQ']],
    ['of logout that is made up', () => ['/logout', `?posted=${'A'.repeat(100)}`]],
  ] as const)('takes no address %s', async (_title, change) => {
    const agent = browserAgent(host.origin);
    const first = await agent.post(`${host.issuer}/authorize`, body({ scope: 'openid' }));
    const [path = '', query = ''] = change(new URL(first.location ?? '').search);
    const reply = await agent.get(`${host.issuer}${path}${query}`);
    expect(reply.status).toBe(400);
    expect(reply.text).toContain('the address has expired or is none of this server');
  });

  it('passes over a field that has the name of its own parameter', async () => {
    const { agent } = await signedIn(host);
    const fields = { ...body({ scope: 'openid', prompt: 'none' }), posted: 'x' };
    const first = await agent.post(`${host.issuer}/authorize`, fields);
    expect(answerOf(await agent.get(first.location ?? ''))).toHaveProperty('code');
    const url = `${authorizationUrl(host, 'web', 'c'.repeat(43), { scope: 'openid' })}&posted=x`;
    expect(answerOf(await agent.get(url))).toHaveProperty('code');
  });

  it.each([
    ['/authorize', 'a line break', 'state=a\r\nSet-Cookie:b=c'],
    ['/authorize', 'bytes beyond ASCII', 'state=\u00e9\u2603\0'],
    ['/authorize', 'a fragment', 'state=#x'],
    ['/logout', 'a line break', 'state=a\r\nSet-Cookie:b=c'],
  ])('to %s may hold what no address can: %s', async (path, _title, state) => {
    const reply = await fetch(`${host.issuer}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `client_id=web&${state}`,
    });
    expect([reply.status, reply.headers.get('set-cookie')]).toEqual([303, null]);
    const location = reply.headers.get('location') ?? '';
    expect(location).toMatch(/^http:[\w:/.]+\?posted=[\w-]+$/);
    const back = await browserAgent(host.origin).get(location);
    if (path === '/logout') return expect(headingOf(back)).toBe('You are signed out');
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request', state: state.slice(6) });
  });

  it('answers a page to what is no form, or too large for an address', async () => {
    const agent = browserAgent(host.origin);
    const json = await agent.post(
      `${host.issuer}/authorize`,
      {},
      { 'content-type': 'application/json' },
    );
    expect(json.status).toBe(400);
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [index, '']));
    for (const path of ['/authorize', '/logout']) {
      expect((await agent.post(`${host.issuer}${path}`, many)).status).toBe(400);
    }
    for (const length of [7000, 70_000]) {
      const big = await agent.post(`${host.issuer}/authorize`, body({ state: 's'.repeat(length) }));
      expect([length, big.status]).toEqual([length, 413]);
    }
  });
});
