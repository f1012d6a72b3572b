import { consentScreen } from '@gatehouse/consent';
import { passwordLogin } from '@gatehouse/login-password';
import { openidConnect } from '@gatehouse/oidc';
import { decodeJwt } from 'jose';
import { type BrowserAgent, browserAgent, pkce } from '../../core/test/browser-agent.js';
import type { Person, TestHost } from '../../core/test/host.js';
import { ada, answerOf, headingOf, start } from '../../core/test/interaction-page.js';
import { authorizationUrl, authorize, codeOf, redeem } from '../../core/test/oauth-client.js';
import { claims, startProvider } from './provider.js';

const acr = 'urn:acme:password';
const key = 'urn:acme:key';
const scope = 'openid notes:read';

/** A provider whose logins by password count as something; another class is known, which nobody reaches. */
const startWith = (known: readonly string[]): Promise<TestHost> =>
  startProvider({
    plugins: [
      passwordLogin({ verify: ({ password }) => (password === 'ada-pw' ? 'ada' : undefined), acr }),
      consentScreen(),
      openidConnect<Person>({ acr: known, claims, scopes: { company: 'See your company' } }),
    ],
  });

let host: TestHost;
beforeAll(async () => {
  host = await startWith([acr, key]);
});
afterAll(() => host.close());

/** What the client `web` gets; the person logs in where asked. */
async function tokensOf(
  agent: BrowserAgent,
  params: Record<string, string> = {},
  at: TestHost = host,
): Promise<{ idToken: Record<string, unknown>; accessToken: Record<string, unknown> }> {
  const { challenge, verifier } = pkce();
  const url = authorizationUrl(at, 'web', challenge, { scope, ...params });
  const back = await authorize(agent, url);
  const { body } = await redeem(at, 'web', codeOf(back), verifier);
  return {
    idToken: decodeJwt(String(body.id_token)),
    accessToken: decodeJwt(String(body.access_token)),
  };
}

const essential = (demand: object): Record<string, string> => ({
  scope: 'openid',
  claims: JSON.stringify({ id_token: { acr: { essential: true, ...demand } } }),
});

describe('a login by password that counts as something (Core §2 acr)', () => {
  it('stands in discovery', async () => {
    const reply = await fetch(`${host.issuer}/.well-known/openid-configuration`);
    expect(await reply.json()).toMatchObject({
      acr_values_supported: [acr, key],
      claims_supported: expect.arrayContaining(['acr']),
    });
  });

  it('stands in the ID token and in the access token, for whoever asks and whoever does not [core-2-acr]', async () => {
    for (const params of [{}, { acr_values: acr }, { acr_values: `${key} ${acr}` }]) {
      const { idToken, accessToken } = await tokensOf(browserAgent(host.origin), params);
      expect([idToken.acr, idToken.amr, accessToken.acr]).toEqual([acr, ['pwd'], acr]);
    }
  });

  it('stands there also where openidConnect does not name it, and discovery is silent', async () => {
    const own = await startWith([]);
    const { idToken } = await tokensOf(browserAgent(own.origin), {}, own);
    expect(idToken.acr).toBe(acr);
    const reply = await fetch(`${own.issuer}/.well-known/openid-configuration`);
    expect(await reply.json()).not.toHaveProperty('acr_values_supported');
    await own.close();
  });

  it.each([{}, { value: acr }, { values: [acr] }, { values: [key, acr] }])(
    'meets an essential acr of %j without asking again [core-5.5.1.1-met]',
    async (demand) => {
      const agent = browserAgent(host.origin);
      await tokensOf(agent);
      for (const prompt of ['', 'none']) {
        const back = await start(host, agent, 'web', { ...essential(demand), prompt });
        expect(answerOf(back)).toHaveProperty('code');
      }
    },
  );

  it('does not meet one of a great length either, and answers in an address of a usual one', async () => {
    const agent = browserAgent(host.origin);
    await tokensOf(agent);
    const long = { ...essential({ value: `${acr}${'x'.repeat(2000)}` }), prompt: 'none' };
    const { location = '' } = await start(host, agent, 'web', long);
    expect(location).toContain('error=login_required');
    expect(location.length).toBeLessThan(500);
  });

  it.each([
    { value: key },
    { values: [key] },
    { value: 'urn:acme:unknown' },
    { value: `${acr} ${key}` },
    { value: acr.toUpperCase() },
    { value: `${acr}\u0000` },
    { value: [acr] },
    { value: { $ne: '' } },
    { values: [] },
    { values: [[acr]] },
  ])(
    'does not meet an essential acr of %j: asked once more, and then an error [core-5.5.1.1-essential]',
    async (demand) => {
      const agent = browserAgent(host.origin);
      await tokensOf(agent);
      const silent = await start(host, agent, 'web', { ...essential(demand), prompt: 'none' });
      expect(answerOf(silent)).toMatchObject({ error: 'login_required' });
      const page = await start(host, agent, 'web', essential(demand));
      expect(headingOf(page)).toBe('Sign in');
      const answer = answerOf(await agent.submit(page, ada));
      expect(answer).toMatchObject({ error: 'unmet_authentication_requirements' });
      expect(answer).not.toHaveProperty('code');
    },
  );

  // Threat: a client that asks for a higher class must not be told that it was reached, and no field of a form may say what a login was.
  it.each<Record<string, string>>([
    { acr_values: key },
    { acr_values: `${key}\u0000` },
    { acr_values: `${acr} ${key} ${key} ${acr}` },
    { claims: JSON.stringify({ id_token: { acr: { value: key } } }) },
    { claims: JSON.stringify({ id_token: { acr: null } }) },
    { claims: '{"id_token":{"__proto__":{"acr":{"value":"urn:acme:key"}}}}' },
    { claims: JSON.stringify({ userinfo: { acr: { essential: true, value: key } } }) },
    { acr: key },
  ])('is what it was, whatever is asked for: %j [core-3.1.2.1-acr-values]', async (params) => {
    const agent = browserAgent(host.origin);
    const { challenge, verifier } = pkce();
    const url = authorizationUrl(host, 'web', challenge, { scope, ...params });
    const forged = { ...ada, acr: key, amr: 'hwk', 'login[acr]': key };
    const back = await agent.submit(await agent.follow(url), forged);
    const { body } = await redeem(host, 'web', codeOf(back), verifier);
    expect(decodeJwt(String(body.id_token))).toMatchObject({ acr, amr: ['pwd'] });
  });
});
