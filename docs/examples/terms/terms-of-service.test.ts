import { consentScreen } from '@gatehouse/consent';
import { createAuthorizationServer, type LimitDefinition } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { memoryStore } from '@gatehouse/store-memory';
import {
  browserAgent,
  type BrowserAgent,
  pkce,
  type Reply,
} from '../../../packages/core/test/browser-agent.js';
import { startHost, type TestHost } from '../../../packages/core/test/host.js';
import { authorizationUrl, codeOf, redeem } from '../../../packages/core/test/oauth-client.js';
import { createLimiter } from '../../../packages/core/src/app/create-limiter.js';
import { createSecrets } from '../../../packages/core/src/secrets.js';
import { limitGuesses } from './guessing.js';
import { plugins } from './install.js';
import { termsOfService } from './terms-of-service.js';

const url = 'https://acme.example/terms';
const ada = { method: 'password', identifier: 'ada', password: 'ada-pw' };
const login = passwordLogin({ verify: ({ password }) => (password === 'ada-pw' ? 'ada' : null) });

let host: TestHost;
beforeEach(async () => {
  const terms = termsOfService({ version: '2', url });
  host = await startHost({ plugins: [login, terms, consentScreen()] });
});
afterEach(() => host.close());

const redirectOf = ({ location }: Reply): URLSearchParams =>
  new URL(location ?? 'none:').searchParams;

function start(
  agent: BrowserAgent,
  clientId: string,
  params: Record<string, string> = {},
): Promise<Reply> {
  return agent.follow(authorizationUrl(host, clientId, pkce().challenge, params));
}

describe('the terms of service plugin', () => {
  it('asks after the login and before the consent, and then answers the client', async () => {
    const agent = browserAgent(host.origin);
    const { challenge, verifier } = pkce();
    const loginPage = await agent.follow(authorizationUrl(host, 'partner', challenge));
    const terms = await agent.submit(loginPage, ada);
    expect(terms.text).toContain(`<a href="${url}">terms of service</a> to go on to Partner`);
    const consent = await agent.submit(terms, { decision: 'accept' });
    expect(consent.text).toContain('value="allow"');
    const back = await agent.submit(consent, { decision: 'allow' });
    expect((await redeem(host, 'partner', codeOf(back), verifier)).status).toBe(200);
    expect(await host.auth.terms.acceptedBy('ada')).toBe('2');
  });

  it('asks nobody twice, at any client and in any browser, until it forgets', async () => {
    const first = browserAgent(host.origin);
    const terms = await first.submit(await start(first, 'web'), ada);
    await first.submit(terms, { decision: 'accept' });
    const second = browserAgent(host.origin);
    const back = await second.submit(await start(second, 'spa'), ada);
    expect(redirectOf(back).get('code')).not.toBeNull();
    await host.auth.terms.forget('ada');
    expect((await start(second, 'web')).text).toContain('Our terms have changed');
  });

  it('refuses the client when the person declines', async () => {
    const agent = browserAgent(host.origin);
    const terms = await agent.submit(await start(agent, 'web'), ada);
    const back = await agent.submit(terms, { decision: 'decline' });
    expect(redirectOf(back).get('error')).toBe('access_denied');
    expect(redirectOf(back).get('state')).toBe('the-state');
    expect(await host.auth.terms.acceptedBy('ada')).toBeUndefined();
  });

  it('answers interaction_required to prompt=none, instead of a page [core-3.1.2.6-interaction-required]', async () => {
    const agent = browserAgent(host.origin);
    await agent.submit(await start(agent, 'web'), ada);
    const back = await start(agent, 'web', { prompt: 'none' });
    expect(redirectOf(back).get('error')).toBe('interaction_required');
  });

  it('takes no form without the token of its page', async () => {
    const agent = browserAgent(host.origin);
    const terms = await agent.submit(await start(agent, 'web'), ada);
    const { status } = await agent.post(terms.url, { decision: 'accept' });
    expect(status).toBe(403);
    expect(await host.auth.terms.acceptedBy('ada')).toBeUndefined();
  });

  it('gives a front end of the host the data of the page', async () => {
    const agent = browserAgent(host.origin);
    const terms = await agent.submit(await start(agent, 'web'), ada);
    const { text } = await agent.get(terms.url, { accept: 'application/json' });
    expect(JSON.parse(text)).toMatchObject({ page: 'terms', data: { url, client: 'Acme Web' } });
  });

  it('is installed between login and consent', () => {
    expect(plugins.map(({ name }) => name)).toEqual(['login-password', 'terms', 'consent']);
  });

  it('reports a url that is not https:, with the other problems of the options', async () => {
    const server = createAuthorizationServer({
      issuer: 'https://acme.example',
      secrets: ['a-secret-of-the-terms-test-0123456789abcdef'],
      store: memoryStore(),
      accounts: { find: (id: string) => ({ id }), id: ({ id }) => id },
      resources: {},
      plugins: [termsOfService({ version: '1', url: 'http://acme.example/terms' })],
    });
    await expect(server).rejects.toMatchObject({
      code: 'ERR_OPTIONS_INVALID',
      problems: [{ path: 'termsOfService.url' }],
    });
  });
});

describe('the limit of the guide', () => {
  it('holds for guesses that run at once, and counts no right one', async () => {
    const secrets = createSecrets(['a-secret-of-the-terms-test-0123456789abcdef']);
    const limit = (definition: LimitDefinition) => createLimiter(definition, secrets);
    const look = limitGuesses({ limit }, async (_accountId, code) => code === '123456');
    for (let round = 0; round < 8; round += 1) {
      expect(await look('ada', '123456')).toEqual({ right: true });
    }
    const guesses = await Promise.all(Array.from({ length: 20 }, () => look('ada', '000000')));
    expect(guesses.filter((guess) => 'right' in guess)).toHaveLength(5);
  });
});
