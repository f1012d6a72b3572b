import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  type BrowserAgent,
  browserAgent,
  pkce,
  type Reply,
} from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { ada, answerOf, bob, headingOf, start } from '../../core/test/interaction-page.js';
import { until } from '../../core/test/machine-client.js';
import { authorizationUrl, codeOf, logIn, redeem, refresh } from '../../core/test/oauth-client.js';
import { goHome, travel } from '../../core/test/travel.js';
import { signedIn, startProvider } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider({ openid: { acr: ['urn:acme:mfa'] } });
});
afterEach(goHome);
afterAll(() => host.close());

const scope = 'openid';
const browser = (): BrowserAgent => browserAgent(host.origin);
const ask = (agent: BrowserAgent, params: Record<string, string>): Promise<Reply> =>
  start(host, agent, 'web', { scope, ...params });

/** The ID token of an answer. */
async function idTokenOf(back: Reply, verifier: string): Promise<Record<string, unknown>> {
  const { body } = await redeem(host, 'web', codeOf(back), verifier);
  return decodeJwt(String(body.id_token));
}

describe('prompt (Core §3.1.2.1)', () => {
  it('none answers login_required without a login, and consent_required without a consent [core-3.1.2.1-prompt-none-login, core-3.1.2.1-prompt-none-consent, core-3.1.2.1-prompt-none-success, core-3.1.2.6-login-required, core-3.1.2.6-consent-required]', async () => {
    expect(answerOf(await ask(browser(), { prompt: 'none' }))).toMatchObject({
      error: 'login_required',
      state: 'the-state',
      iss: host.issuer,
    });
    const { agent } = await signedIn(host);
    expect(answerOf(await ask(agent, { prompt: 'none' }))).toHaveProperty('code');
    const params = { scope: 'openid company', prompt: 'none' };
    const back = await start(host, agent, 'partner', params);
    expect(answerOf(back)).toMatchObject({ error: 'consent_required' });
  });

  it('login asks again, and auth_time is that of the new login [core-3.1.2.1-prompt-login]', async () => {
    const { agent, tokens } = await signedIn(host);
    travel(100);
    const { verifier, challenge } = pkce();
    const page = await agent.follow(
      authorizationUrl(host, 'web', challenge, { scope, prompt: 'login' }),
    );
    expect(headingOf(page)).toBe('Sign in');
    const { auth_time } = await idTokenOf(await agent.submit(page, ada), verifier);
    expect(auth_time).toBeGreaterThanOrEqual(Number(decodeJwt(tokens.id_token).auth_time) + 100);
  });

  it('consent asks again what was allowed before [core-3.1.2.1-prompt-consent]', async () => {
    const { agent } = await signedIn(host);
    const page = await start(host, agent, 'partner', { scope: 'openid email' });
    expect(answerOf(await agent.submit(page, { decision: 'allow' }))).toHaveProperty('code');
    const again = await start(host, agent, 'partner', { scope: 'openid email', prompt: 'consent' });
    expect(again.text).toContain('See your email address');
  });

  it('select_account offers the account and another one, by plain forms [core-3.1.2.1-prompt-select-account]', async () => {
    const { agent } = await signedIn(host);
    const page = await ask(agent, { prompt: 'select_account' });
    expect(headingOf(page)).toBe('Choose an account');
    expect(page.text).toContain('<bdi>Ada</bdi>');
    expect(answerOf(await agent.submit(page, { choice: 'continue' }))).toHaveProperty('code');
    const login = await agent.submit(await ask(agent, { prompt: 'select_account' }), {
      choice: 'other',
    });
    expect(headingOf(login)).toBe('Sign in');
    expect(answerOf(await agent.submit(login, bob))).toHaveProperty('code');
  });

  it('select_account is answered by a login, and comes before the consent', async () => {
    const agent = browser();
    const page = await ask(agent, { prompt: 'select_account' });
    expect(headingOf(page)).toBe('Sign in');
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
    const params = { scope: 'openid email', prompt: 'select_account consent' };
    const choose = await start(host, agent, 'partner', params);
    expect(headingOf(choose)).toBe('Choose an account');
    const consent = await agent.submit(choose, { choice: 'continue' });
    expect(consent.text).toContain('See your email address');
  });

  it.each(['none login', 'create', 'Login'])(
    'refuses %s [core-3.1.2.1-prompt-none-alone, core-3.1.2.1-prompt-unknown]',
    async (prompt) => {
      const { error } = answerOf(await ask(browser(), { prompt }));
      expect(error).toBe('invalid_request');
    },
  );
});

describe('max_age (Core §3.1.2.1)', () => {
  it('asks again once the login is older, and answers login_required with prompt=none [core-3.1.2.1-max-age]', async () => {
    const { agent } = await signedIn(host);
    expect(answerOf(await ask(agent, { max_age: '60' }))).toHaveProperty('code');
    travel(100);
    const silent = await ask(agent, { max_age: '60', prompt: 'none' });
    expect(answerOf(silent)).toMatchObject({ error: 'login_required' });
    const page = await ask(agent, { max_age: '60' });
    expect(headingOf(page)).toBe('Sign in');
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
  });

  it('0 asks for a login now [core-3.1.2.1-max-age-zero]', async () => {
    const { agent } = await signedIn(host);
    const page = await ask(agent, { max_age: '0' });
    expect(headingOf(page)).toBe('Sign in');
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
  });

  it.each(['-1', 'x', '1.5', '+5', '1e3', '0x10', '-0', ' 5', '5 ', '\u0665', '9'.repeat(16)])(
    '%j is refused, with openid and without [core-3.1.2.1-max-age-invalid]',
    async (max_age) => {
      const { agent } = await signedIn(host);
      for (const asked of [scope, 'notes:read']) {
        const answer = answerOf(await ask(agent, { scope: asked, max_age }));
        expect(answer).toMatchObject({ error: 'invalid_request', state: 'the-state' });
        expect(answer.error_description).toContain('max_age');
      }
    },
  );

  it('that is wrong sends nobody to an address that the client has not registered', async () => {
    const redirect_uri = 'https://evil.test/';
    const page = await ask(browser(), { max_age: '1e3', redirect_uri });
    expect([page.status, page.location]).toEqual([400, undefined]);
  });

  it('comes from default_max_age of the client, for requests with openid alone [registration-2-default-max-age, registration-2-default-acr-values]', async () => {
    const { agent } = await signedIn(host);
    const unreached = host.auth.clients.create({
      redirect_uris: ['https://web.test/cb'],
      firstParty: true,
      default_acr_values: ['urn:acme:none'],
    });
    await expect(unreached).rejects.toThrow('names "urn:acme:none", which no login reaches');
    const member = { default_max_age: 60, default_acr_values: ['urn:acme:mfa'] };
    await host.auth.clients.create({
      client_id: 'strict',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://web.test/cb'],
      firstParty: true,
      ...member,
    });
    travel(100);
    const redirect_uri = 'https://web.test/cb';
    const page = await start(host, agent, 'strict', { scope, redirect_uri });
    expect(headingOf(page)).toBe('Sign in');
    const plain = await start(host, agent, 'strict', { scope: 'notes:read', redirect_uri });
    expect(answerOf(plain)).toHaveProperty('code');
  });
});

describe('id_token_hint (Core §3.1.2.1)', () => {
  it('is met by the person that it names, also once it has expired [core-3.1.2.1-id-token-hint, core-3.1.2.1-id-token-hint-expired]', async () => {
    const { agent, tokens } = await signedIn(host);
    const params = { id_token_hint: tokens.id_token, prompt: 'none' };
    expect(answerOf(await ask(agent, params))).toHaveProperty('code');
    travel(7200);
    expect(answerOf(await ask(agent, params))).toHaveProperty('code');
  });

  it('is met after its key has retired [core-3.1.2.1-id-token-hint-expired]', async () => {
    const own = await startProvider();
    try {
      const { agent, tokens } = await signedIn(own);
      const { kid } = decodeProtectedHeader(tokens.id_token);
      const stateOf = async (): Promise<string | undefined> =>
        (await own.auth.keys.list()).find((key) => key.kid === kid)?.state;
      await own.auth.keys.rotate();
      travel(605);
      expect(await until(stateOf, (state) => state === 'retired', 5000)).toBe('retired');
      const params = { scope, id_token_hint: tokens.id_token, prompt: 'none' };
      expect(answerOf(await start(own, agent, 'web', params))).toHaveProperty('code');
    } finally {
      await own.close();
    }
  });

  it('of another person asks for a login, and is login_required when that is another person still [core-3.1.2.1-id-token-hint-other]', async () => {
    const { tokens } = await signedIn(host, bob);
    const { agent } = await signedIn(host);
    const silent = await ask(agent, { id_token_hint: tokens.id_token, prompt: 'none' });
    expect(answerOf(silent)).toMatchObject({ error: 'login_required' });
    const page = await ask(agent, { id_token_hint: tokens.id_token });
    expect(headingOf(page)).toBe('Sign in');
    expect(answerOf(await agent.submit(page, ada))).toMatchObject({ error: 'login_required' });
    const again = await ask(agent, { id_token_hint: tokens.id_token });
    expect(answerOf(await agent.submit(again, bob))).toHaveProperty('code');
  });

  it('that is no ID token of this client is refused [core-3.1.2.1-id-token-hint-invalid]', async () => {
    const { agent } = await signedIn(host);
    const { access_token } = await logIn(host, 'web', { params: { scope: 'openid notes:read' } });
    const params = { scope, redirect_uri: 'https://web.test/cb' };
    const { id_token = '' } = await logIn(host, 'spa', { params: { scope } });
    expect(decodeJwt(id_token).aud).toBe('spa');
    for (const id_token_hint of ['nonsense', access_token, id_token]) {
      const back = await start(host, agent, 'web', { ...params, id_token_hint });
      expect(answerOf(back)).toMatchObject({ error: 'invalid_request' });
    }
  });
});

describe('login_hint (Core §3.1.2.1)', () => {
  it('is put into the field of the login page, as text [core-3.1.2.1-login-hint]', async () => {
    const page = await ask(browser(), { login_hint: '"><script>' });
    expect(page.text).not.toContain('"><script>');
    expect((await ask(browser(), { login_hint: 'ada' })).text).toContain('value="ada"');
  });
});

describe('acr_values (Core §3.1.2.1) and an essential acr (§5.5.1.1)', () => {
  it('a voluntary one is no reason to refuse [core-3.1.2.1-acr-values, core-5.5.1.1-voluntary]', async () => {
    const { agent } = await signedIn(host);
    expect(answerOf(await ask(agent, { acr_values: 'urn:acme:mfa' }))).toHaveProperty('code');
  });

  it('an essential one that no login reaches ends in an error, and not in a circle [core-5.5.1.1-essential]', async () => {
    const { agent } = await signedIn(host);
    const claims = JSON.stringify({
      id_token: { acr: { essential: true, values: ['urn:acme:mfa'] } },
    });
    const silent = await ask(agent, { claims, prompt: 'none' });
    expect(answerOf(silent)).toMatchObject({ error: 'login_required' });
    const page = await ask(agent, { claims });
    expect(headingOf(page)).toBe('Sign in');
    expect(answerOf(await agent.submit(page, ada))).toMatchObject({
      error: 'unmet_authentication_requirements',
    });
  });
});

describe('parameters that need nothing (Core §3.1.2.1)', () => {
  it.each([
    { display: 'page' },
    { display: 'wap' },
    { ui_locales: 'de fr' },
    { claims_locales: 'de' },
    { unknown: 'x' },
  ])(
    '%j is accepted [core-3.1.2.1-display, core-3.1.2.1-ui-locales, core-5.2-claims-locales, core-3.1.2.1-unknown]',
    async (params) => {
      const { agent } = await signedIn(host);
      expect(answerOf(await ask(agent, params as never))).toHaveProperty('code');
    },
  );

  it.each([
    ['request', 'request_not_supported'],
    ['request_uri', 'request_uri_not_supported'],
    ['registration', 'registration_not_supported'],
  ])(
    '%s is refused by its own code [core-6.1-off, core-6.2-off, core-3.1.2.6-registration-not-supported]',
    async (name, error) => {
      expect(answerOf(await ask(browser(), { [name]: 'x' }))).toMatchObject({ error });
    },
  );
});

describe('the browser session and refresh tokens (Core §11)', () => {
  it('without offline_access they end with it, with it they live on [core-11-lives-on, core-11-session-bound]', async () => {
    const { agent } = await signedIn(host);
    const bound = await logIn(host, 'web', { agent, params: { scope: 'openid notes:read' } });
    const free = await logIn(host, 'web', {
      agent,
      params: { scope: 'openid offline_access notes:read', prompt: 'consent' },
    });
    expect(free.scope).toContain('offline_access');
    // The person logs in as somebody else in this browser: the session of Ada is over.
    await agent.submit(await ask(agent, { prompt: 'login' }), bob);
    expect((await refresh(host, 'web', bound.refresh_token)).status).toBe(400);
    expect((await refresh(host, 'web', free.refresh_token)).status).toBe(200);
  });
});
