import { decodeJwt } from 'jose';
import type { TestHost } from '../../core/test/host.js';
import { basic, send } from '../../core/test/machine-client.js';
import { call, logIn, redeem, takeCode } from '../../core/test/oauth-client.js';
import { goHome, travel } from '../../core/test/travel.js';
import { startProvider, userinfo } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider();
});
afterEach(goHome);
afterAll(() => host.close());

const params = { scope: 'openid email' };

describe('the token endpoint, for the code of an OpenID request', () => {
  it('answers an access token, an ID token, and what belongs to them [core-3.1.3.3-members, core-3.1.3.3-no-store, core-3.1.3.6-at-hash]', async () => {
    const { code, verifier } = await takeCode(host, 'web', { params });
    const { status, headers, body } = await redeem(host, 'web', code, verifier);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: expect.stringMatching(/openid/),
      refresh_token: expect.any(String),
      id_token: expect.any(String),
    });
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
    // OPTIONAL in this flow: the token came by TLS from the token endpoint itself.
    expect(decodeJwt(String(body.id_token))).not.toHaveProperty('at_hash');
  });

  it('takes a code once; the second time ends what came of the first [core-3.1.3.2-once]', async () => {
    const { code, verifier } = await takeCode(host, 'web', { params });
    const { body } = await redeem(host, 'web', code, verifier);
    expect((await userinfo(host, String(body.access_token))).status).toBe(200);
    const again = await redeem(host, 'web', code, verifier);
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
    expect((await userinfo(host, String(body.access_token))).status).toBe(401);
  });

  it.each<[string, Record<string, string>]>([
    [
      'another redirect_uri [core-3.1.3.2-redirect-uri]',
      { redirect_uri: 'https://web.test/other' },
    ],
    ['another code [core-3.1.3.2-valid]', { code: 'nonsense' }],
    ['another verifier [core-3.1.3.2-verifier]', { code_verifier: 'v'.repeat(43) }],
  ])('answers invalid_grant to %s', async (_what, more) => {
    const { code, verifier } = await takeCode(host, 'web', { params });
    const { status, body, headers } = await redeem(host, 'web', code, verifier, more);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    expect(body).not.toHaveProperty('id_token');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers invalid_grant to another client [core-3.1.3.2-client]', async () => {
    const { code, verifier } = await takeCode(host, 'web', { params });
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier };
    const redirect_uri = 'https://web.test/cb';
    const { body } = await call(host, '/token', 'partner', { ...form, redirect_uri });
    expect(body.error).toBe('invalid_grant');
  });

  it('answers invalid_grant to a code that is a minute old [core-3.1.3.2-expired]', async () => {
    const { code, verifier } = await takeCode(host, 'web', { params });
    travel(61);
    const { body } = await redeem(host, 'web', code, verifier);
    expect(body.error).toBe('invalid_grant');
  });

  it('answers invalid_client to a wrong secret, and none [core-3.1.3.1-client-authentication]', async () => {
    const { code, verifier } = await takeCode(host, 'web', { params });
    const form = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: 'https://web.test/cb',
    };
    const wrong = await send(host, '/token', form, { authorization: basic('web', 'wrong') });
    const none = await send(host, '/token', { ...form, client_id: 'web' });
    for (const { status, body } of [wrong, none]) {
      expect([status, body.error]).toEqual([401, 'invalid_client']);
    }
    expect((await redeem(host, 'web', code, verifier)).status).toBe(200);
  });

  it('takes POST alone, and errors are JSON [core-3.1.3.1-post, core-3.1.3.4-json]', async () => {
    const reply = await fetch(`${host.issuer}/token?grant_type=authorization_code&code=x`);
    expect([reply.status, reply.headers.get('allow')]).toEqual([
      405,
      expect.stringMatching(/POST/),
    ]);
    const { status, headers, body } = await call(host, '/token', 'web', { grant_type: 'implicit' });
    expect([status, body.error]).toEqual([400, 'unsupported_grant_type']);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('gives no ID token for the code of a request without openid [core-3.1.3.2-openid]', async () => {
    const { code, verifier } = await takeCode(host, 'web', { params: { scope: 'notes:read' } });
    const { body } = await redeem(host, 'web', code, verifier, { scope: 'openid' });
    expect(body).not.toHaveProperty('id_token');
  });
});

describe('without a secret', () => {
  it('a client of the browser proves itself by its verifier [core-9-none]', async () => {
    const tokens = await logIn(host, 'spa', { params: { scope: 'openid' } });
    expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({ aud: 'spa', sub: 'ada' });
  });
});
