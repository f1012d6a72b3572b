import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { browserAgent, pkce } from '../browser-agent.js';
import { api, startHost, type TestHost, webSecret } from '../host.js';
import { secretOf } from '../machine-client.js';
import { notesOf, redirect_uri, walk } from '../third-party-client.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

describe('openid-client', () => {
  const discover = (clientId: string, auth: openid.ClientAuth): Promise<openid.Configuration> =>
    openid.discovery(new URL(host.issuer), clientId, undefined, auth, {
      algorithm: 'oauth2',
      // Plain http on this machine alone.
      execute: [openid.allowInsecureRequests],
    });

  it.each([
    ['confidential', 'web', (): openid.ClientAuth => openid.ClientSecretBasic(webSecret)],
    ['confidential, by post', 'web', (): openid.ClientAuth => openid.ClientSecretPost(webSecret)],
    ['public', 'spa', (): openid.ClientAuth => openid.None()],
  ])(
    'walks code and PKCE, refresh and revocation as a %s client',
    async (_kind, clientId, auth) => {
      const config = await discover(clientId, auth());
      expect(config.serverMetadata().issuer).toBe(host.issuer);
      expect(config.serverMetadata().supportsPKCE()).toBe(true);
      const pkceCodeVerifier = openid.randomPKCECodeVerifier();
      const expectedState = openid.randomState();
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: clientId === 'web' ? redirect_uri : 'https://spa.test/cb',
        scope: 'notes:read',
        state: expectedState,
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
      });
      // It checks state and iss itself (RFC 9207).
      const tokens = await openid.authorizationCodeGrant(config, await walk(host, url), {
        pkceCodeVerifier,
        expectedState,
      });
      expect(tokens.scope).toBe('notes:read');
      expect(tokens.expires_in).toBe(600);
      expect(await notesOf(host, tokens.access_token)).toEqual({ who: 'ada' });

      const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(await notesOf(host, renewed.access_token)).toEqual({ who: 'ada' });
      await openid.tokenRevocation(config, renewed.refresh_token ?? '');
      const refused = openid.refreshTokenGrant(config, renewed.refresh_token ?? '');
      await expect(refused).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    },
  );

  it('walks client_credentials and introspection', async () => {
    const config = await discover('machine', openid.ClientSecretBasic(secretOf('machine')));
    const tokens = await openid.clientCredentialsGrant(config, {
      scope: 'notes:read',
      resource: api,
    });
    expect(await notesOf(host, tokens.access_token, '/api/machine')).toEqual({ kind: 'client' });
    const known = await openid.tokenIntrospection(config, tokens.access_token);
    expect(known).toMatchObject({
      active: true,
      scope: 'notes:read',
      client_id: 'machine',
      aud: api,
    });
    expect(await openid.tokenIntrospection(config, 'nonsense')).toEqual({ active: false });
  });

  it('reads our errors: a wrong secret, a wrong verifier, a login that is refused', async () => {
    const wrong = await discover('machine', openid.ClientSecretBasic('wrong'));
    await expect(
      openid.clientCredentialsGrant(wrong, { scope: 'notes:read' }),
    ).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'basic', parameters: { error: 'invalid_client' } }],
    });
    const config = await discover('web', openid.ClientSecretBasic(webSecret));
    const parameters = {
      redirect_uri,
      scope: 'notes:read',
      code_challenge: pkce().challenge,
      code_challenge_method: 'S256',
    };
    const back = await walk(host, openid.buildAuthorizationUrl(config, parameters));
    await expect(
      openid.authorizationCodeGrant(config, back, { pkceCodeVerifier: pkce().verifier }),
    ).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    const silent = openid.buildAuthorizationUrl(config, { ...parameters, prompt: 'none' });
    const refused = await browserAgent(host.origin).follow(silent.href);
    await expect(
      openid.authorizationCodeGrant(config, new URL(refused.location ?? ''), {
        pkceCodeVerifier: 'x'.repeat(43),
      }),
    ).rejects.toMatchObject({ error: 'login_required' });
  });
});

describe('oauth4webapi', () => {
  const insecure = { [oauth.allowInsecureRequests]: true } as const;

  async function discover(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(host.issuer);
    const reply = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
    return oauth.processDiscoveryResponse(issuer, reply);
  }

  it('walks code and PKCE, JWT validation, introspection, refresh and revocation', async () => {
    const as = await discover();
    const client: oauth.Client = { client_id: 'web' };
    const auth = oauth.ClientSecretBasic(webSecret);
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(as.authorization_endpoint ?? '');
    const challenge = await oauth.calculatePKCECodeChallenge(verifier);
    for (const [name, value] of Object.entries({
      client_id: 'web',
      response_type: 'code',
      redirect_uri,
      scope: 'notes:read notes:write',
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    }))
      url.searchParams.set(name, value);

    const params = oauth.validateAuthResponse(as, client, await walk(host, url), state);
    const reply = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      auth,
      params,
      redirect_uri,
      verifier,
      insecure,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, reply);
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'notes:read notes:write' });

    // Its own check of RFC 9068, by the keys that the metadata points to.
    const request = new Request(`${host.origin}/api/notes`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(as, request, api, insecure);
    expect(claims).toMatchObject({
      iss: host.issuer,
      sub: 'ada',
      aud: api,
      client_id: 'web',
      scope: 'notes:read notes:write',
    });
    expect(await notesOf(host, tokens.access_token)).toEqual({ who: 'ada' });

    const asked = await oauth.introspectionRequest(as, client, auth, tokens.access_token, insecure);
    expect(await oauth.processIntrospectionResponse(as, client, asked)).toMatchObject({
      active: true,
      sub: 'ada',
    });

    const again = await oauth.refreshTokenGrantRequest(
      as,
      client,
      auth,
      tokens.refresh_token ?? '',
      insecure,
    );
    const renewed = await oauth.processRefreshTokenResponse(as, client, again);
    const revoked = await oauth.revocationRequest(
      as,
      client,
      auth,
      renewed.refresh_token ?? '',
      insecure,
    );
    expect(await oauth.processRevocationResponse(revoked)).toBeUndefined();
    const late = await oauth.introspectionRequest(as, client, auth, tokens.access_token, insecure);
    expect(await oauth.processIntrospectionResponse(as, client, late)).toEqual({ active: false });
  });

  it('walks client_credentials', async () => {
    const as = await discover();
    const client: oauth.Client = { client_id: 'machine' };
    const auth = oauth.ClientSecretPost(secretOf('machine'));
    const reply = await oauth.clientCredentialsGrantRequest(
      as,
      client,
      auth,
      { scope: 'notes:read' },
      insecure,
    );
    const tokens = await oauth.processClientCredentialsResponse(as, client, reply);
    expect(await notesOf(host, tokens.access_token, '/api/machine')).toEqual({ kind: 'client' });
    expect(await notesOf(host, tokens.access_token)).not.toEqual({ who: expect.anything() });
  });
});
