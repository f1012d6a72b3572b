import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { browserAgent } from '../../core/test/browser-agent.js';
import { api, type TestHost } from '../../core/test/host.js';
import { answerOf, start } from '../../core/test/interaction-page.js';
import { call, logIn, redeem, refresh, takeCode } from '../../core/test/oauth-client.js';
import { notesOf, redirect_uri } from '../../core/test/third-party-client.js';
import { signedClients, startProvider, userinfo } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider({ clients: signedClients });
});
afterAll(() => host.close());

describe('the ID token', () => {
  it('is signed with RS256 for a client that registered nothing [core-2-iss, core-2-aud, core-2-iat, core-2-nonce, core-2-amr, core-2-azp, core-15.1-rs256]', async () => {
    const params = { scope: 'openid', nonce: 'n-1' };
    const { id_token = '' } = await logIn(host, 'web', { params });
    const jwks = createRemoteJWKSet(new URL(`${host.origin}${host.mount}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(id_token, jwks, {
      issuer: host.issuer,
      audience: 'web',
    });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toEqual({
      iss: host.issuer,
      sub: 'ada',
      aud: 'web',
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 3600,
      auth_time: expect.any(Number),
      amr: ['pwd'],
      nonce: 'n-1',
      sid: expect.any(String),
    });
  });

  it.each(['ES256', 'PS256', 'EdDSA'])(
    'and userinfo are signed with %s for a client that registered it [core-3.1.3.7-alg, core-5.3.2-jwt, registration-2-id-token-alg, registration-2-userinfo-alg]',
    async (alg) => {
      const params = { scope: 'openid profile', redirect_uri };
      const { code, verifier } = await takeCode(host, alg, { params });
      const { body } = await redeem(host, alg, code, verifier, { redirect_uri });
      const jwks = createRemoteJWKSet(new URL(`${host.origin}${host.mount}/jwks`));
      const expected = { issuer: host.issuer, audience: alg, algorithms: [alg] };
      const { payload } = await jwtVerify(String(body.id_token), jwks, expected);
      expect(payload.sub).toBe('ada');
      const info = await userinfo(host, String(body.access_token));
      expect(info.headers.get('content-type')).toMatch(/^application\/jwt/);
      const signed = await jwtVerify(info.text, jwks, expected);
      expect(signed.payload).toMatchObject({ sub: 'ada', name: 'Ada' });
    },
  );

  it('is not there without the openid scope [core-3.1.2.1-openid-scope]', async () => {
    const tokens = await logIn(host, 'web', { params: { scope: 'notes:read', nonce: 'n' } });
    expect(tokens).not.toHaveProperty('id_token');
  });

  it('comes with a refresh too, and keeps auth_time and the subject [core-12.2-iss, core-12.2-sub, core-12.2-aud, core-12.2-auth-time]', async () => {
    const tokens = await logIn(host, 'web', { params: { scope: 'openid profile', nonce: 'n' } });
    const before = decodeJwt(tokens.id_token ?? '');
    const { body } = await refresh(host, 'web', tokens.refresh_token);
    const after = decodeJwt(String(body.id_token));
    expect(after).toMatchObject({
      iss: before.iss,
      sub: before.sub,
      aud: before.aud,
      auth_time: before.auth_time,
    });
    const less = await refresh(host, 'web', String(body.refresh_token), { scope: 'profile' });
    expect(less.body).not.toHaveProperty('id_token');
  });
});

describe('the access token', () => {
  it('of an API says the OpenID scopes too, as the reply does (RFC 6749 §5.1) [rfc9068-2.2-scope]', async () => {
    const scope = 'openid company notes:read';
    const tokens = await logIn(host, 'web', { params: { scope } });
    expect(tokens.scope.split(' ').sort()).toEqual(['company', 'notes:read', 'openid']);
    const payload = decodeJwt(tokens.access_token);
    expect(decodeProtectedHeader(tokens.access_token).typ).toBe('at+jwt');
    expect(payload).toMatchObject({ aud: api, scope: tokens.scope, company_id: 'acme' });
    expect(payload).not.toHaveProperty('email');
  });

  it('of an API without the openid scope opens no userinfo [rfc6750-3.1-insufficient-scope, core-5.3.1-openid-token]', async () => {
    const tokens = await logIn(host, 'web', { params: { scope: 'notes:read' } });
    const { status, headers } = await userinfo(host, tokens.access_token);
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  });

  it('says no OpenID scope that the client has lost since (RFC 6749 §6)', async () => {
    const client_id = 'shrinking';
    const client = {
      client_id,
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirect_uri],
      scope: 'openid email notes:read',
      firstParty: true,
    } as const;
    await host.auth.clients.create(client);
    const params = { scope: client.scope, redirect_uri };
    const { code, verifier } = await takeCode(host, client_id, { params });
    const { body } = await redeem(host, client_id, code, verifier, { redirect_uri });
    expect((await userinfo(host, String(body.access_token))).body).toHaveProperty('email');
    await host.auth.clients.update(client_id, { scope: 'openid notes:read' });
    expect((await userinfo(host, String(body.access_token))).body).toEqual({ sub: 'ada' });
    await host.auth.clients.update(client_id, { scope: 'notes:read' });
    const less = await refresh(host, client_id, String(body.refresh_token));
    expect(less.body.scope).toBe('notes:read');
    expect((await userinfo(host, String(less.body.access_token))).status).toBe(403);
  });

  it('is opaque when no API was asked, and no API takes it', async () => {
    const tokens = await logIn(host, 'web', { params: { scope: 'openid profile' } });
    expect(tokens.access_token).not.toContain('.');
    expect(await notesOf(host, tokens.access_token)).toBe(401);
    expect((await userinfo(host, tokens.access_token)).body).toMatchObject({ name: 'Ada' });
  });

  it('of an API with opaque tokens opens userinfo too', async () => {
    const tokens = await logIn(host, 'web', { params: { scope: 'openid ledger:read' } });
    expect((await userinfo(host, tokens.access_token)).body).toEqual({ sub: 'ada' });
    expect(await notesOf(host, tokens.access_token, '/api/ledger')).toEqual({ kind: 'account' });
  });
});

describe('the openid scope', () => {
  it('is refused for a client that may not have it (RFC 6749 §4.1.2.1) [core-3.1.2.6-invalid-scope, core-3.1.2.1-scope-unknown]', async () => {
    const back = await start(host, browserAgent(host.origin), 'cli', { scope: 'openid' });
    expect(answerOf(back)).toMatchObject({ error: 'invalid_scope' });
  });

  it('is refused for a client that acts for itself (Core §3)', async () => {
    const fields = { grant_type: 'client_credentials', scope: 'openid' };
    const { status, body } = await call(host, '/token', 'machine', fields);
    expect([status, body.error]).toEqual([400, 'invalid_scope']);
  });
});
