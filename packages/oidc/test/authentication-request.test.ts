import { decodeJwt } from 'jose';
import { type BrowserAgent, browserAgent, pkce } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { ada, answerOf, csrfOf, headingOf, start } from '../../core/test/interaction-page.js';
import { authorizationUrl, logIn } from '../../core/test/oauth-client.js';
import { signedIn, startProvider } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider();
});
afterAll(() => host.close());

const browser = (): BrowserAgent => browserAgent(host.origin);
const openid = { scope: 'openid' } as const;

describe('client_id and redirect_uri', () => {
  it.each([
    ['no client_id [core-3.1.2.1-client-id]', { client_id: '' }],
    ['a client that does not exist [core-3.1.2.1-client-id]', { client_id: 'nobody' }],
    [
      'another path [core-3.1.2.1-redirect-uri-exact, core-3.1.2.6-no-redirect]',
      { redirect_uri: 'https://web.test/cb/' },
    ],
    [
      'a query more [core-3.1.2.1-redirect-uri-exact]',
      { redirect_uri: 'https://web.test/cb?foo=bar' },
    ],
    [
      'the same in capitals [core-3.1.2.1-redirect-uri-exact]',
      { redirect_uri: 'https://WEB.test/cb' },
    ],
    [
      'another port [core-3.1.2.1-redirect-uri-exact]',
      { redirect_uri: 'https://web.test:8443/cb' },
    ],
    ['an address of script [core-3.1.2.1-redirect-uri-exact]', { redirect_uri: 'javascript:a()' }],
  ])('%s: a page and no redirect', async (_what, params) => {
    const page = await start(host, browser(), 'web', { ...openid, ...params });
    expect([page.status, page.location]).toEqual([400, undefined]);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('no redirect_uri is refused, where the client has registered one alone [core-3.1.2.1-redirect-uri]', async () => {
    const { agent } = await signedIn(host);
    const url = authorizationUrl(host, 'web', pkce().challenge, { ...openid, redirect_uri: '' });
    for (const more of ['', '&redirect_uri=', '&redirect_uri=&request_uri=', '&redirect_uri[]=x']) {
      const back = await agent.follow(`${url}${more}`);
      expect(answerOf(back)).toMatchObject({ error: 'invalid_request', state: 'the-state' });
    }
    // RFC 6749 §3.1.2.3 lets it be left out.
    const plain = await start(host, agent, 'web', { scope: 'notes:read', redirect_uri: '' });
    expect(answerOf(plain)).toHaveProperty('code');
  });
});

describe('response_type', () => {
  it.each([
    ['', 'invalid_request'],
    ['id_token', 'unsupported_response_type'],
    ['code id_token', 'unsupported_response_type'],
    ['token id_token', 'unsupported_response_type'],
    ['none', 'unsupported_response_type'],
    ['CODE', 'unsupported_response_type'],
  ])(
    '"%s" is %s [core-3.1.2.1-response-type, core-3.1.2.6-unsupported-response-type]',
    async (response_type, error) => {
      const params = { ...openid, response_type, nonce: 'n' };
      const { location = '' } = await start(host, browser(), 'web', params);
      // Of types with a token in the front channel the answer stands in the fragment, errors too.
      const said = new URLSearchParams(new URL(location.replace('#', '?')).search);
      expect(Object.fromEntries(said)).toMatchObject({
        error,
        state: 'the-state',
        iss: host.issuer,
      });
    },
  );
});

describe('the answer', () => {
  it('says code, state and iss, and nothing else [core-3.1.2.5-members, core-3.1.2.1-response-mode-default, rfc9207-2-code]', async () => {
    const { agent } = await signedIn(host);
    const back = await start(host, agent, 'web', openid);
    expect(back.location).toMatch(/^https:\/\/web\.test\/cb\?[^#]+$/);
    expect(answerOf(back)).toEqual({
      code: expect.any(String),
      state: 'the-state',
      iss: host.issuer,
    });
  });

  it('stands in the fragment where that is asked [core-3.1.2.1-response-mode]', async () => {
    const { agent } = await signedIn(host);
    const { location = '' } = await start(host, agent, 'web', {
      ...openid,
      response_mode: 'fragment',
    });
    const { search, hash } = new URL(location);
    expect(search).toBe('');
    expect(new URLSearchParams(hash.slice(1)).get('code')).not.toBeNull();
  });

  it.each(['a b+c%20&d=e#f?é✓', '"><script>', '0', 's'.repeat(1000)])(
    'brings the state %.20j back as it was [core-3.1.2.1-state]',
    async (state) => {
      const { agent } = await signedIn(host);
      expect(answerOf(await start(host, agent, 'web', { ...openid, state }))).toMatchObject({
        code: expect.any(String),
        state,
      });
    },
  );

  it('has no state where none was sent [core-3.1.2.1-state-absent]', async () => {
    const { agent } = await signedIn(host);
    const back = await start(host, agent, 'web', { ...openid, state: '' });
    expect(Object.keys(answerOf(back)).sort()).toEqual(['code', 'iss']);
  });

  it('of an error says error, state and iss, and no code [core-3.1.2.6-members, rfc9207-2-error]', async () => {
    const back = await start(host, browser(), 'web', { ...openid, prompt: 'none' });
    expect(answerOf(back)).toEqual({
      error: 'login_required',
      error_description: expect.any(String),
      state: 'the-state',
      iss: host.issuer,
    });
  });
});

describe('nonce', () => {
  it.each(['n-0S6_WzA2Mj', 'CaSe sEnSitive é&=#', 'n'.repeat(512)])(
    '%.20j stands in the ID token as it was [core-3.1.2.1-nonce]',
    async (nonce) => {
      const { id_token = '' } = await logIn(host, 'web', { params: { ...openid, nonce } });
      expect(decodeJwt(id_token).nonce).toBe(nonce);
    },
  );

  it('may be left out of the code flow, and then the ID token has none [core-3.1.2.1-nonce-optional]', async () => {
    const { id_token = '' } = await logIn(host, 'web', { params: openid });
    expect(decodeJwt(id_token)).not.toHaveProperty('nonce');
  });
});

describe('scope', () => {
  it.each(['email openid', 'openid email', 'profile email openid openid'])(
    '"%s" asks for an ID token [core-3.1.2.1-scope-order]',
    async (scope) => {
      expect(await logIn(host, 'web', { params: { scope } })).toHaveProperty('id_token');
    },
  );

  it.each(['openid unheard-of', 'openid Profile', 'openid phone', 'OPENID'])(
    '"%s" is refused, and not given less than it says [core-3.1.2.1-scope-unknown]',
    async (scope) => {
      const back = await start(host, browser(), 'web', { scope });
      expect(answerOf(back)).toMatchObject({ error: 'invalid_scope', state: 'the-state' });
    },
  );
});

describe('a parameter that is there twice', () => {
  it.each(['scope', 'state', 'nonce', 'prompt', 'max_age', 'claims', 'login_hint', 'acr_values'])(
    '%s is invalid_request [core-3.1.2.1-repeated]',
    async (name) => {
      const value = { scope: 'openid', max_age: '60', prompt: 'login', claims: '{}' }[name] ?? 'x';
      const query = new URLSearchParams({
        client_id: 'web',
        response_type: 'code',
        redirect_uri: 'https://web.test/cb',
        ...openid,
        [name]: value,
      });
      query.append(name, value);
      const back = await browser().follow(`${host.issuer}/authorize?${query}`);
      expect(answerOf(back)).toMatchObject({ error: 'invalid_request' });
    },
  );
});

describe('the person', () => {
  it('who refuses is not logged in at the client [core-3.1.2.4-decision, core-3.1.2.6-access-denied]', async () => {
    const agent = browser();
    const params = { scope: 'openid email' };
    const page = await agent.submit(await start(host, agent, 'partner', params), ada);
    expect(page.text).toContain('See your email address');
    const back = await agent.submit(page, { decision: 'deny' });
    expect(answerOf(back)).toMatchObject({ error: 'access_denied', state: 'the-state' });
  });

  it('is asked for what was added, and for nothing twice [core-3.1.2.4-remembered]', async () => {
    const { agent } = await signedIn(host);
    const ask = (scope: string): ReturnType<typeof start> =>
      start(host, agent, 'partner', { scope });
    const page = await ask('openid');
    expect(answerOf(await agent.submit(page, { decision: 'allow' }))).toHaveProperty('code');
    expect(answerOf(await ask('openid'))).toHaveProperty('code');
    expect((await ask('openid profile')).text).toContain('See your name and profile');
  });

  it('logs in on a page that no other site can send or frame [core-3.1.2.3-csrf, core-3.1.2.3-framing]', async () => {
    const agent = browser();
    const page = await start(host, agent, 'web', openid);
    expect(headingOf(page)).toBe('Sign in');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    for (const [fields, headers] of [
      [{ ...ada, csrf: 'wrong' }, {}],
      [{ ...ada, csrf: csrfOf(page) }, { 'sec-fetch-site': 'cross-site' }],
    ] as const) {
      expect((await agent.post(page.url, fields, headers)).status).toBe(403);
    }
    const silent = await start(host, agent, 'web', { ...openid, prompt: 'none' });
    expect(answerOf(silent)).toMatchObject({ error: 'login_required' });
  });

  it('is shown nothing with prompt=none, whatever else is asked [core-3.1.2.3-silent]', async () => {
    const { agent } = await signedIn(host);
    for (const params of [{ max_age: '0' }, { login_hint: 'bob' }, { display: 'popup' }]) {
      const { location } = await start(host, agent, 'web', {
        ...openid,
        ...params,
        prompt: 'none',
      });
      expect(location).toMatch(/^https:\/\/web\.test\/cb\?/);
    }
  });

  it('is asked both with prompt=login consent [core-3.1.2.1-prompt-several]', async () => {
    const { agent } = await signedIn(host);
    const page = await start(host, agent, 'web', { ...openid, prompt: 'login consent' });
    expect(headingOf(page)).toBe('Sign in');
    const consent = await agent.submit(page, ada);
    expect(consent.text).toContain('value="allow"');
    expect(answerOf(await agent.submit(consent, { decision: 'allow' }))).toHaveProperty('code');
  });
});
