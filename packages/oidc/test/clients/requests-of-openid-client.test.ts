import * as openid from 'openid-client';
import { browserAgent } from '../../../core/test/browser-agent.js';
import { type TestHost, webSecret } from '../../../core/test/host.js';
import { authorize } from '../../../core/test/oauth-client.js';
import { startProvider } from '../provider.js';
import { type ClientKey, clientKey, signingClients } from '../request-object.js';
import { mounts } from './relying-party.js';

describe.each(mounts)('requests of openid-client, to a provider at "%s"', (mount) => {
  let key: ClientKey;
  let host: TestHost;
  beforeAll(async () => {
    key = await clientKey();
    const clients = signingClients(key).map((client) =>
      client.client_id === 'web' ? { ...client, subject_type: 'pairwise' as const } : client,
    );
    const openidOptions = { requestObjects: true, pushedRequests: true };
    host = await startProvider({ mount, clients, openid: openidOptions });
  });
  afterAll(() => host.close());

  type Build = (config: openid.Configuration, params: Record<string, string>) => Promise<URL> | URL;

  const asJwt: Build = (config, params) =>
    openid.buildAuthorizationUrlWithJAR(config, params, key.privateKey);

  it.each<[string, Build, RegExp]>([
    ['signed', asJwt, /request=eyJ/],
    ['pushed', openid.buildAuthorizationUrlWithPAR, /request_uri=urn/],
    [
      'signed and pushed',
      async (config, params) => {
        const { searchParams } = await asJwt(config, params);
        return openid.buildAuthorizationUrlWithPAR(config, searchParams);
      },
      /request_uri=urn/,
    ],
  ])('log in when they are %s', async (_how, build, shape) => {
    const auth = openid.ClientSecretBasic(webSecret);
    const config = await openid.discovery(new URL(host.issuer), 'web', undefined, auth, {
      execute: [openid.allowInsecureRequests],
    });
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
    const url = await build(config, {
      redirect_uri: 'https://web.test/cb',
      scope: 'openid profile notes:read',
      state: expectedState,
      nonce: expectedNonce,
      max_age: '600',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    expect(url.href).toMatch(shape);
    expect(url.href).not.toContain(expectedState);
    const { location = '' } = await authorize(browserAgent(host.origin), url.href);
    const tokens = await openid.authorizationCodeGrant(config, new URL(location), {
      pkceCodeVerifier,
      expectedState,
      expectedNonce,
      idTokenExpected: true,
      maxAge: 600,
    });
    const { sub = '' } = tokens.claims() ?? {};
    expect(sub).toMatch(/^[\w-]{43}$/);
    const info = await openid.fetchUserInfo(config, tokens.access_token, sub);
    expect(info).toMatchObject({ sub, name: 'Ada' });
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(renewed.claims()?.sub).toBe(sub);
  });
});
