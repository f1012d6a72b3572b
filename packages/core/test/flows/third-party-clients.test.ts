import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClientOptions } from '@gatehouse/core';
import session from 'express-session';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import passport from 'passport';
import { Strategy } from 'passport-oauth2';
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2';
import { browserAgent, pkce } from '../browser-agent.js';
import { api, clients, loadExpress, startHost, type TestHost, webSecret } from '../host.js';
import { authorize, codeOf } from '../oauth-client.js';

const express = await loadExpress();
const redirect_uri = 'https://web.test/cb';
const machineSecret = 'machine-secret-0123456789-abcdefghijkl';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

async function notesOf(accessToken: string, path = '/api/notes'): Promise<unknown> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const reply = await fetch(`${host.origin}${path}`, { headers });
  return reply.status === 200 ? reply.json() : reply.status;
}

/** Logs Ada in at the address that a library made, and returns where she is sent. */
async function walk(url: URL | string): Promise<URL> {
  const back = await authorize(browserAgent(host.origin), String(url));
  codeOf(back);
  return new URL(back.location ?? '');
}

describe('openid-client', () => {
  const discover = (
    clientId: string,
    auth: openid.ClientAuth,
  ): Promise<openid.Configuration> =>
    openid.discovery(new URL(host.issuer), clientId, undefined, auth, {
      algorithm: 'oauth2',
      // Plain http on this machine alone.
      execute: [openid.allowInsecureRequests],
    });

  it.each([
    ['confidential', 'web', (): openid.ClientAuth => openid.ClientSecretBasic(webSecret)],
    ['confidential, by post', 'web', (): openid.ClientAuth => openid.ClientSecretPost(webSecret)],
    ['public', 'spa', (): openid.ClientAuth => openid.None()],
  ])('walks code and PKCE, refresh and revocation as a %s client', async (_kind, clientId, auth) => {
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
    const tokens = await openid.authorizationCodeGrant(config, await walk(url), { pkceCodeVerifier, expectedState });
    expect(tokens.scope).toBe('notes:read');
    expect(tokens.expires_in).toBe(600);
    expect(await notesOf(tokens.access_token)).toEqual({ who: 'ada' });

    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(await notesOf(renewed.access_token)).toEqual({ who: 'ada' });
    await openid.tokenRevocation(config, renewed.refresh_token ?? '');
    const refused = openid.refreshTokenGrant(config, renewed.refresh_token ?? '');
    await expect(refused).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
  });

  it('walks client_credentials and introspection', async () => {
    const config = await discover('machine', openid.ClientSecretBasic(machineSecret));
    const tokens = await openid.clientCredentialsGrant(config, { scope: 'notes:read', resource: api });
    expect(await notesOf(tokens.access_token, '/api/machine')).toEqual({ kind: 'client' });
    const known = await openid.tokenIntrospection(config, tokens.access_token);
    expect(known).toMatchObject({ active: true, scope: 'notes:read', client_id: 'machine', aud: api });
    expect(await openid.tokenIntrospection(config, 'nonsense')).toEqual({ active: false });
  });

  it('reads our errors: a wrong secret, a wrong verifier, a login that is refused', async () => {
    const wrong = await discover('machine', openid.ClientSecretBasic('wrong'));
    await expect(openid.clientCredentialsGrant(wrong, { scope: 'notes:read' })).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'basic', parameters: { error: 'invalid_client' } }],
    });
    const config = await discover('web', openid.ClientSecretBasic(webSecret));
    const parameters = { redirect_uri, scope: 'notes:read', code_challenge: pkce().challenge, code_challenge_method: 'S256' };
    const back = await walk(openid.buildAuthorizationUrl(config, parameters));
    await expect(
      openid.authorizationCodeGrant(config, back, { pkceCodeVerifier: pkce().verifier }),
    ).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    const silent = openid.buildAuthorizationUrl(config, { ...parameters, prompt: 'none' });
    const refused = await browserAgent(host.origin).follow(silent.href);
    await expect(
      openid.authorizationCodeGrant(config, new URL(refused.location ?? ''), { pkceCodeVerifier: 'x'.repeat(43) }),
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
      client_id: 'web', response_type: 'code', redirect_uri, scope: 'notes:read notes:write', state, code_challenge: challenge, code_challenge_method: 'S256',
    })) url.searchParams.set(name, value);

    const params = oauth.validateAuthResponse(as, client, await walk(url), state);
    const reply = await oauth.authorizationCodeGrantRequest(as, client, auth, params, redirect_uri, verifier, insecure);
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, reply);
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'notes:read notes:write' });

    // Its own check of RFC 9068, by the keys that the metadata points to.
    const request = new Request(`${host.origin}/api/notes`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    const claims = await oauth.validateJwtAccessToken(as, request, api, insecure);
    expect(claims).toMatchObject({ iss: host.issuer, sub: 'ada', aud: api, client_id: 'web', scope: 'notes:read notes:write' });
    expect(await notesOf(tokens.access_token)).toEqual({ who: 'ada' });

    const asked = await oauth.introspectionRequest(as, client, auth, tokens.access_token, insecure);
    expect(await oauth.processIntrospectionResponse(as, client, asked)).toMatchObject({ active: true, sub: 'ada' });

    const again = await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token ?? '', insecure);
    const renewed = await oauth.processRefreshTokenResponse(as, client, again);
    const revoked = await oauth.revocationRequest(as, client, auth, renewed.refresh_token ?? '', insecure);
    expect(await oauth.processRevocationResponse(revoked)).toBeUndefined();
    const late = await oauth.introspectionRequest(as, client, auth, tokens.access_token, insecure);
    expect(await oauth.processIntrospectionResponse(as, client, late)).toEqual({ active: false });
  });

  it('walks client_credentials', async () => {
    const as = await discover();
    const client: oauth.Client = { client_id: 'machine' };
    const auth = oauth.ClientSecretPost(machineSecret);
    const reply = await oauth.clientCredentialsGrantRequest(as, client, auth, { scope: 'notes:read' }, insecure);
    const tokens = await oauth.processClientCredentialsResponse(as, client, reply);
    expect(await notesOf(tokens.access_token, '/api/machine')).toEqual({ kind: 'client' });
    expect(await notesOf(tokens.access_token)).not.toEqual({ who: expect.anything() });
  });
});

// Libraries that know nothing of RFC 8707: no `resource` leaves them.
describe('simple-oauth2', () => {
  const settings = (id: string, secret: string) => ({
    client: { id, secret },
    auth: {
      tokenHost: host.origin,
      tokenPath: `${host.mount}/token`,
      revokePath: `${host.mount}/revoke`,
    },
  });

  it('reaches the notes API with a code, refreshes and revokes', async () => {
    const { client: credentials, auth } = settings('web', webSecret);
    const client = new AuthorizationCode({
      client: credentials,
      auth: { ...auth, authorizePath: `${host.mount}/authorize` },
    });
    const { verifier, challenge } = pkce();
    const params = { redirect_uri, scope: ['notes:read'], state: 's', code_challenge: challenge, code_challenge_method: 'S256' };
    const url = client.authorizeURL(params);
    expect(url).not.toContain('resource');
    const code = (await walk(url)).searchParams.get('code') ?? '';
    const redeemed = { code, redirect_uri, code_verifier: verifier };
    const tokens = await client.getToken(redeemed);
    expect(await notesOf(String(tokens.token.access_token))).toEqual({ who: 'ada' });
    expect(tokens.expired()).toBe(false);
    const renewed = await tokens.refresh();
    expect(await notesOf(String(renewed.token.access_token))).toEqual({ who: 'ada' });
    await renewed.revoke('refresh_token');
    await expect(renewed.refresh()).rejects.toThrow('400');
  });

  it('reaches it as a machine', async () => {
    const tokens = await new ClientCredentials(settings('machine', machineSecret)).getToken({ scope: 'notes:read' });
    expect(await notesOf(String(tokens.token.access_token), '/api/machine')).toEqual({ kind: 'client' });
  });
});

describe('passport-oauth2', () => {
  it('logs a person in to an Express app of somebody else’s, which then reaches the notes API', async () => {
    const app = express();
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const callbackURL = `${origin}/cb`;
    const visitor: ClientOptions = {
      client_id: 'passport',
      client_secret: 'passport-secret-0123456789-abcdefghijkl',
      redirect_uris: [callbackURL],
      scope: 'notes:read notes:write',
    };
    const provider = await startHost({ clients: [...clients, visitor] });
    const own = new passport.Passport();
    const strategy = new Strategy(
      {
        authorizationURL: `${provider.issuer}/authorize`,
        tokenURL: `${provider.issuer}/token`,
        clientID: 'passport',
        clientSecret: visitor.client_secret ?? '',
        callbackURL,
        scope: ['notes:read'],
        state: true,
        pkce: true,
      },
      (accessToken: string, _refreshToken: string, _profile: unknown, done: (error: null, user: { accessToken: string }) => void) =>
        done(null, { accessToken }),
    );
    own.use('gatehouse', strategy);
    app.use(session({ secret: 'of-the-client', resave: false, saveUninitialized: false }));
    app.get('/login', own.authenticate('gatehouse', { session: false }));
    app.get('/cb', own.authenticate('gatehouse', { session: false }), async (req, res) => {
      const { accessToken } = req.user as { accessToken: string };
      const headers = { authorization: `Bearer ${accessToken}` };
      res.json(await (await fetch(`${provider.origin}/api/notes`, { headers })).json());
    });
    try {
      const client = browserAgent(origin);
      const { location = '' } = await client.get(`${origin}/login`);
      expect(location).toContain('code_challenge_method=S256');
      expect(location).not.toContain('resource');
      const back = await authorize(browserAgent(provider.origin), location);
      const notes = await client.get(back.location ?? '');
      expect([notes.status, JSON.parse(notes.text)]).toEqual([200, { who: 'ada' }]);
    } finally {
      await provider.close();
      server.closeAllConnections();
      server.close();
    }
  });
});
