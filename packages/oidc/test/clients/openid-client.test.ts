import * as openid from 'openid-client';
import { type BrowserAgent, browserAgent } from '../../../core/test/browser-agent.js';
import { type TestHost, webSecret } from '../../../core/test/host.js';
import { answerOf, headingOf, start } from '../../../core/test/interaction-page.js';
import { authorize } from '../../../core/test/oauth-client.js';
import { notesOf } from '../../../core/test/third-party-client.js';
import { clients, hiddenFieldsOf, startProvider } from '../provider.js';
import { mounts } from './relying-party.js';

const bye = 'https://web.test/bye';

describe.each(mounts)('openid-client, of a provider at "%s"', (mount) => {
  let host: TestHost;
  let agent: BrowserAgent;
  beforeAll(async () => {
    host = await startProvider({ mount });
  });
  beforeEach(() => {
    agent = browserAgent(host.origin);
  });
  afterAll(() => host.close());

  const discover = (clientId: string, auth: openid.ClientAuth): Promise<openid.Configuration> =>
    // Plain http on this machine alone.
    openid.discovery(new URL(host.issuer), clientId, undefined, auth, {
      execute: [openid.allowInsecureRequests],
    });

  interface LoggedIn {
    readonly config: openid.Configuration;
    readonly tokens: openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers;
  }

  // Core §3.1, Discovery §4: the library checks issuer, audience, signature, nonce, times and the subject of userinfo.
  async function logIn(clientId: string, auth: openid.ClientAuth): Promise<LoggedIn> {
    const config = await discover(clientId, auth);
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
    const redirect_uri =
      clients.find((one) => one.client_id === clientId)?.redirect_uris?.[0] ?? '';
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri,
      scope: 'openid profile email notes:read',
      state: expectedState,
      nonce: expectedNonce,
      max_age: '600',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const { location = '' } = await authorize(agent, url.href);
    const tokens = await openid.authorizationCodeGrant(config, new URL(location), {
      pkceCodeVerifier,
      expectedState,
      expectedNonce,
      idTokenExpected: true,
      maxAge: 600,
    });
    return { config, tokens };
  }

  it.each([
    ['by Basic', 'web', (): openid.ClientAuth => openid.ClientSecretBasic(webSecret)],
    ['by post', 'web', (): openid.ClientAuth => openid.ClientSecretPost(webSecret)],
    ['without a secret', 'spa', (): openid.ClientAuth => openid.None()],
  ])(
    'discovers, logs in %s, calls userinfo and the API, refreshes and logs out [core-3.1.3.7-library, core-5.3.4-subject, discovery-4.3-issuer]',
    async (_how, clientId, auth) => {
      const { config, tokens } = await logIn(clientId, auth());
      expect(tokens.claims()).toMatchObject({ sub: 'ada', aud: clientId, iss: host.issuer });
      const info = await openid.fetchUserInfo(config, tokens.access_token, 'ada');
      expect(info).toEqual({
        'sub': 'ada',
        'name': 'Ada',
        'name#de': 'Ada (deutsch)',
        'email': 'ada@people.test',
        'email_verified': true,
      });
      expect(await notesOf(host, tokens.access_token)).toEqual({ who: 'ada' });

      const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(renewed.claims()).toMatchObject({ sub: 'ada', aud: clientId });
      expect(await openid.fetchUserInfo(config, renewed.access_token, 'ada')).toEqual(info);
      expect(await notesOf(host, renewed.access_token)).toEqual({ who: 'ada' });

      const out = openid.buildEndSessionUrl(config, {
        id_token_hint: renewed.id_token ?? '',
        post_logout_redirect_uri: bye,
        state: 'out',
      });
      expect((await agent.get(out.href)).location).toBe(`${bye}?state=out`);
      const silent = await start(host, agent, 'web', { scope: 'openid', prompt: 'none' });
      expect(answerOf(silent)).toMatchObject({ error: 'login_required' });
      const late = openid.refreshTokenGrant(config, renewed.refresh_token ?? '');
      await expect(late).rejects.toMatchObject({ error: 'invalid_grant' });
      await expect(openid.fetchUserInfo(config, renewed.access_token, 'ada')).rejects.toThrow();
    },
  );

  it('logs out by the page when it sends no hint', async () => {
    const { config } = await logIn('web', openid.ClientSecretBasic(webSecret));
    // It adds its client_id by itself.
    const out = openid.buildEndSessionUrl(config, { post_logout_redirect_uri: bye });
    const page = await agent.get(out.href);
    expect(headingOf(page)).toBe('Do you want to sign out?');
    expect((await agent.press(page, { logout: 'yes' })).location).toBe(bye);
  });

  it('reads an answer that comes as a form', async () => {
    const config = await discover('web', openid.ClientSecretBasic(webSecret));
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const expectedNonce = openid.randomNonce();
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: 'https://web.test/cb',
      scope: 'openid',
      response_mode: 'form_post',
      nonce: expectedNonce,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const { text } = await authorize(agent, url.href);
    const request = new Request('https://web.test/cb', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(hiddenFieldsOf(text)).toString(),
    });
    const tokens = await openid.authorizationCodeGrant(config, request, {
      pkceCodeVerifier,
      expectedNonce,
    });
    expect(tokens.claims()).toMatchObject({ sub: 'ada' });
  });
});
