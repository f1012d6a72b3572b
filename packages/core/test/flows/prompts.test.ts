import { consentScreen } from '@gatehouse/consent';
import { definePlugin, html } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { type BrowserAgent, browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { ada, answerOf, headingOf, start } from '../interaction-page.js';
import { authorizationUrl } from '../oauth-client.js';
import { goHome, travel } from '../travel.js';

let host: TestHost;
beforeEach(async () => {
  host = await startHost();
});
afterEach(async () => {
  goHome();
  await host.close();
});

const browser = (): BrowserAgent => browserAgent(host.origin);
const allow = { decision: 'allow', 'scope:notes:read': 'on' } as const;

/** A browser in which Ada is logged in. */
async function adasBrowser(): Promise<BrowserAgent> {
  const agent = browser();
  expect(answerOf(await agent.submit(await start(host, agent, 'web'), ada))).toHaveProperty('code');
  return agent;
}

describe('prompt=none', () => {
  it('answers login_required at the redirect URI without a session', async () => {
    const back = await start(host, browser(), 'web', { prompt: 'none' });
    expect(back.location).toMatch(/^https:\/\/web\.test\/cb\?/);
    expect(answerOf(back)).toMatchObject({
      error: 'login_required',
      state: 'the-state',
      iss: host.issuer,
    });
  });

  it('answers consent_required for what the person has not allowed', async () => {
    const back = await start(host, await adasBrowser(), 'partner', { prompt: 'none' });
    expect(answerOf(back)).toMatchObject({
      error: 'consent_required',
      state: 'the-state',
      iss: host.issuer,
    });
  });

  it('gives a code with a session and a consent', async () => {
    const agent = await adasBrowser();
    expect(answerOf(await start(host, agent, 'web', { prompt: 'none' }))).toHaveProperty('code');
    await agent.submit(await start(host, agent, 'partner'), allow);
    expect(answerOf(await start(host, agent, 'partner', { prompt: 'none' }))).toHaveProperty(
      'code',
    );
  });

  it('answers consent_required for a redirect that any program can claim (RFC 8252 §8.6)', async () => {
    const agent = await adasBrowser();
    const first = await start(host, agent, 'cli');
    expect(answerOf(await agent.submit(first, { decision: 'continue' }))).toHaveProperty('code');
    const back = await start(host, agent, 'cli', { prompt: 'none' });
    expect(answerOf(back)).toMatchObject({ error: 'consent_required' });
  });

  it('is refused beside another value', async () => {
    const back = await start(host, browser(), 'web', { prompt: 'none login' });
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request', state: 'the-state' });
  });
});

describe('prompt=login', () => {
  it('asks for a login although there is a session, and gives a code after it', async () => {
    const agent = await adasBrowser();
    const page = await start(host, agent, 'web', { prompt: 'login' });
    expect(headingOf(page)).toBe('Sign in');
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
  });

  it('is not met by going back to the authorization endpoint', async () => {
    const agent = await adasBrowser();
    const page = await start(host, agent, 'web', { prompt: 'login' });
    const resume = page.url.replace('/interaction/', '/authorize/');
    expect((await agent.follow(resume)).url).toBe(page.url);
    expect(answerOf(await agent.follow(resume))).toEqual({});
  });

  it('with consent asks for both', async () => {
    const agent = await adasBrowser();
    const login = await start(host, agent, 'web', { prompt: 'login consent' });
    const consent = await agent.submit(login, ada);
    expect(headingOf(consent)).toContain('Acme Web');
    expect(answerOf(await agent.submit(consent, allow))).toHaveProperty('code');
  });
});

describe('prompt=consent', () => {
  it('asks again what was allowed, of a first-party client too', async () => {
    const agent = await adasBrowser();
    for (const client of ['web', 'partner']) {
      for (let times = 0; times < 2; times += 1) {
        const page = await start(host, agent, client, { prompt: 'consent' });
        expect(page.text).toContain('Read your notes');
        expect(answerOf(await agent.submit(page, allow))).toHaveProperty('code');
      }
    }
  });
});

describe('a prompt that is not known', () => {
  it.each(['select_account', 'create', 'LOGIN', 'login login2', 'toString', '__proto__'])(
    'prompt=%s is refused at the redirect URI',
    async (prompt) => {
      const back = await start(host, browser(), 'web', { prompt });
      expect(answerOf(back)).toMatchObject({ error: 'invalid_request', state: 'the-state' });
    },
  );
});

describe('max_age', () => {
  it('is met by a login that is recent enough', async () => {
    const agent = await adasBrowser();
    travel(50);
    expect(answerOf(await start(host, agent, 'web', { max_age: '60' }))).toHaveProperty('code');
  });

  it('asks for a login when the last one is older, and is met by that login', async () => {
    const agent = await adasBrowser();
    travel(61);
    const page = await start(host, agent, 'web', { max_age: '60' });
    expect(headingOf(page)).toBe('Sign in');
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
    expect(answerOf(await start(host, agent, 'web', { max_age: '60' }))).toHaveProperty('code');
  });

  it('with prompt=none answers login_required', async () => {
    const agent = await adasBrowser();
    travel(61);
    const back = await start(host, agent, 'web', { max_age: '60', prompt: 'none' });
    expect(answerOf(back)).toMatchObject({ error: 'login_required' });
  });

  it('of 0 asks every time, within the same second too', async () => {
    const agent = await adasBrowser();
    const page = await start(host, agent, 'web', { max_age: '0' });
    expect(headingOf(page)).toBe('Sign in');
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
  });

  it.each(['abc', '-1', '1.5', '1e3', '0x10', ' 1', '1 ', 'Infinity', 'NaN', '9'.repeat(400), '١'])(
    'of %p is invalid_request, never a rule that is not looked at',
    async (max_age) => {
      const back = await start(host, await adasBrowser(), 'web', { max_age });
      expect(answerOf(back)).toMatchObject({ error: 'invalid_request', state: 'the-state' });
      expect(answerOf(back).error_description).toContain('max_age');
    },
  );

  it('given twice is invalid_request', async () => {
    const url = `${authorizationUrl(host, 'web', pkce().challenge, { max_age: '1000' })}&max_age=0`;
    const back = await (await adasBrowser()).follow(url);
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request', state: 'the-state' });
    expect(answerOf(back).error_description).not.toContain('gatehouse');
  });

  it('cannot be set by the name that the engine sees', async () => {
    const agent = await adasBrowser();
    travel(61);
    const page = await start(host, agent, 'web', { max_age: '60', gatehouse_max_age: '9999' });
    expect(headingOf(page)).toBe('Sign in');
  });
});

describe('parameters of OpenID Connect without the openid scope', () => {
  it('are ignored (RFC 6749 §3.1)', async () => {
    const params = {
      nonce: 'n',
      claims: '{"a":1}',
      claims_locales: 'en',
      id_token_hint: 'x',
      acr_values: 'a',
      ui_locales: 'en',
      display: 'page',
      login_hint: 'ada',
    };
    const page = await start(host, browser(), 'web', params);
    expect(headingOf(page)).toBe('Sign in');
  });
});

describe('a step that is never satisfied', () => {
  it('ends in access_denied with an explanation at the client, and not in a circle', async () => {
    let asked = 0;
    const terms = definePlugin({
      name: 'terms',
      setup(slots) {
        slots.page<object>({
          name: 'terms',
          title: () => 'Terms',
          render: (_data, { form }) =>
            html`<h1>Terms</h1><form action="${form?.action}"><input type="hidden" name="csrf" value="${form?.csrf}"></form>`,
        });
        slots.step({
          name: 'terms',
          after: ['login'],
          required: () => ({ reason: 'never_enough' }),
          show: async () => ({ page: 'terms', data: {} }),
          submit: async () => {
            asked += 1;
            return { done: {} };
          },
        });
      },
    });
    const verify = ({ identifier }: { identifier: string }): string => identifier;
    const looping = await startHost({
      plugins: [passwordLogin({ verify }), terms, consentScreen()],
    });
    try {
      const agent = browserAgent(looping.origin);
      const page = await agent.submit(await start(looping, agent, 'web'), ada);
      expect(headingOf(page)).toBe('Terms');
      const back = await agent.submit(page, {});
      expect(asked).toBe(1);
      expect(answerOf(back)).toMatchObject({ error: 'access_denied', state: 'the-state' });
      expect(answerOf(back).error_description).toBe(
        'the terms page was answered and is needed again (never_enough)',
      );
    } finally {
      await looping.close();
    }
  });
});
