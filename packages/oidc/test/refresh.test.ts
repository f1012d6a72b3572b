import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import type { TestHost } from '../../core/test/host.js';
import { basic, send } from '../../core/test/machine-client.js';
import { logIn, refresh } from '../../core/test/oauth-client.js';
import { goHome, travel } from '../../core/test/travel.js';
import { signedIn, startProvider, userinfo } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider();
});
afterEach(goHome);
afterAll(() => host.close());

describe('a refresh', () => {
  it('brings an ID token of the same login, made now, under a key that is published [core-12.2-iss, core-12.2-sub, core-12.2-aud, core-12.2-auth-time, core-12.2-iat, core-12.2-azp]', async () => {
    const { tokens } = await signedIn(host);
    const before = decodeJwt(tokens.id_token);
    travel(120);
    const { status, body } = await refresh(host, 'web', tokens.refresh_token);
    expect(status).toBe(200);
    const jwks = createRemoteJWKSet(new URL(`${host.issuer}/jwks`));
    const { payload: after } = await jwtVerify(String(body.id_token), jwks, {
      issuer: host.issuer,
      audience: 'web',
    });
    for (const claim of ['iss', 'sub', 'aud', 'auth_time', 'amr']) {
      expect([claim, after[claim]]).toEqual([claim, before[claim]]);
    }
    expect(after.iat).toBeGreaterThanOrEqual(Number(before.iat) + 120);
    expect(after).not.toHaveProperty('azp');
  });

  it('repeats no other nonce than that of the login [core-12.2-nonce]', async () => {
    const params = { scope: 'openid', nonce: 'of-the-login' };
    const tokens = await logIn(host, 'web', { params });
    const { body } = await refresh(host, 'web', tokens.refresh_token, { nonce: 'another' });
    expect([undefined, 'of-the-login']).toContain(decodeJwt(String(body.id_token)).nonce);
  });

  it('asks for the client that got the token, and its secret [core-12.1-client, core-12.3-error]', async () => {
    const { tokens } = await signedIn(host);
    const other = await refresh(host, 'partner', tokens.refresh_token);
    expect([other.status, other.body.error]).toEqual([400, 'invalid_grant']);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    const wrong = await send(host, '/token', form, { authorization: basic('web', 'wrong') });
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
    expect((await refresh(host, 'web', 'nonsense')).body.error).toBe('invalid_grant');
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(200);
  });

  it('opens userinfo with the claims of the login, and fewer where fewer are asked [core-12.1-scope]', async () => {
    const tokens = await logIn(host, 'web', { params: { scope: 'openid profile email' } });
    const { body } = await refresh(host, 'web', tokens.refresh_token, { scope: 'openid email' });
    expect((await userinfo(host, String(body.access_token))).body).toEqual({
      sub: 'ada',
      email: 'ada@people.test',
      email_verified: true,
    });
    const more = await refresh(host, 'web', String(body.refresh_token), {
      scope: 'openid email company',
    });
    expect(more.body.error).toBe('invalid_scope');
  });
});

describe('offline_access', () => {
  const scope = 'openid offline_access';

  it('is left out where the person is not asked for it [core-11-consent]', async () => {
    const { agent } = await signedIn(host);
    const tokens = await logIn(host, 'web', { agent, params: { scope } });
    expect(tokens.scope.split(' ')).not.toContain('offline_access');
  });

  it('is granted by the person, in words [core-11-asked]', async () => {
    const { agent } = await signedIn(host);
    const params = { scope, prompt: 'consent' };
    const tokens = await logIn(host, 'web', { agent, params });
    expect(tokens.scope.split(' ')).toContain('offline_access');
    const { body } = await refresh(host, 'web', tokens.refresh_token);
    expect(decodeJwt(String(body.id_token)).sub).toBe('ada');
  });
});
