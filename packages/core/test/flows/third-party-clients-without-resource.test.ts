import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClientOptions } from '@gatehouse/core';
import session from 'express-session';
import passport from 'passport';
import { Strategy } from 'passport-oauth2';
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2';
import { browserAgent, pkce } from '../browser-agent.js';
import { clients, loadExpress, startHost, type TestHost, webSecret } from '../host.js';
import { secretOf } from '../machine-client.js';
import { authorize } from '../oauth-client.js';
import { notesOf, redirect_uri, walk } from '../third-party-client.js';

const express = await loadExpress();
let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

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
    const params = {
      redirect_uri,
      scope: ['notes:read'],
      state: 's',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    };
    const url = client.authorizeURL(params);
    expect(url).not.toContain('resource');
    const code = (await walk(host, url)).searchParams.get('code') ?? '';
    const redeemed = { code, redirect_uri, code_verifier: verifier };
    const tokens = await client.getToken(redeemed);
    expect(await notesOf(host, String(tokens.token.access_token))).toEqual({ who: 'ada' });
    expect(tokens.expired()).toBe(false);
    const renewed = await tokens.refresh();
    expect(await notesOf(host, String(renewed.token.access_token))).toEqual({ who: 'ada' });
    await renewed.revoke('refresh_token');
    await expect(renewed.refresh()).rejects.toThrow('400');
  });

  it('reaches it as a machine', async () => {
    const tokens = await new ClientCredentials(settings('machine', secretOf('machine'))).getToken({
      scope: 'notes:read',
    });
    expect(await notesOf(host, String(tokens.token.access_token), '/api/machine')).toEqual({
      kind: 'client',
    });
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
      (
        accessToken: string,
        _refreshToken: string,
        _profile: unknown,
        done: (error: null, user: { accessToken: string }) => void,
      ) => done(null, { accessToken }),
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
