import { decodeJwt } from 'jose';
import type { TestHost } from '../../core/test/host.js';
import { call, logIn } from '../../core/test/oauth-client.js';
import { startProvider, userinfo } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider();
});
afterAll(() => host.close());

const form = (fields: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});
const tokenFor = async (scope: string): Promise<string> =>
  (await logIn(host, 'web', { params: { scope } })).access_token;

describe.each(['openid email', 'openid email notes:read', 'openid email ledger:read'])(
  'the userinfo endpoint, with the token of %s',
  (scope) => {
    let token: string;
    beforeAll(async () => {
      token = await tokenFor(scope);
    });
    const told = { sub: 'ada', email: 'ada@people.test', email_verified: true };

    it('takes GET and POST, with the token in the header [core-5.3.1-methods, core-5.3.2-json]', async () => {
      const headers = { authorization: `Bearer ${token}` };
      for (const method of ['GET', 'POST']) {
        const { status, body, headers: given } = await userinfo(host, token, { method, headers });
        expect([method, status, body]).toEqual([method, 200, told]);
        expect(given.get('content-type')).toBe('application/json; charset=utf-8');
        expect(given.get('cache-control')).toBe('no-store');
      }
    });

    it('takes the token in the form of a POST [core-5.3.1-body]', async () => {
      const { status, body } = await userinfo(host, token, form({ access_token: token }));
      expect([status, body]).toEqual([200, told]);
    });

    it('takes it in one place only [rfc6750-2-one-place]', async () => {
      const init = form({ access_token: token });
      const headers = { ...init.headers, authorization: `Bearer ${token}` };
      const { status, body } = await userinfo(host, token, { ...init, headers });
      expect([status, body.error]).toEqual([400, 'invalid_request']);
    });

    it('takes none in the query (RFC 6750 §2.3, RFC 9700 §4.3.2) [rfc6750-2.3-query]', async () => {
      const url = `${host.origin}${host.mount}/userinfo?access_token=${token}`;
      const reply = await fetch(url);
      expect(reply.status).toBe(400);
      expect(await reply.text()).not.toContain('ada');
    });

    it('answers 401 once the grant has ended [core-5.3.3-ended]', async () => {
      await host.auth.revoke({ accountId: 'ada' });
      const { status, headers } = await userinfo(host, token);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    });
  },
);

describe('the userinfo endpoint', () => {
  it('answers 401 without an error to a request without a token [rfc6750-3.1-no-token]', async () => {
    const { status, headers } = await userinfo(host, '', {});
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+"$/);
  });

  it.each(['nonsense', 'a.b.c', '~AccessToken', 'eyJhbGciOiJub25lIn0.e30.'])(
    'answers invalid_token to %s [rfc6750-3.1-invalid-token]',
    async (token) => {
      const { status, body, headers } = await userinfo(host, token);
      expect([status, body.error]).toEqual([401, 'invalid_token']);
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    },
  );

  it('takes no ID token, and no token of a machine [core-5.3.1-openid-token]', async () => {
    const { id_token = '' } = await logIn(host, 'web', { params: { scope: 'openid' } });
    expect(decodeJwt(id_token).sub).toBe('ada');
    const machine = await call(host, '/token', 'machine', {
      grant_type: 'client_credentials',
      scope: 'notes:read',
    });
    for (const token of [id_token, String(machine.body.access_token)]) {
      expect((await userinfo(host, token)).status).toBe(401);
    }
  });

  it('answers a deactivated account no more [core-5.3.3-deactivated]', async () => {
    const person = { identifier: 'bob', password: 'bob-pw' };
    const params = { scope: 'openid profile notes:read' };
    const { access_token } = await logIn(host, 'web', { params, person });
    expect((await userinfo(host, access_token)).body).toMatchObject({ sub: 'bob', name: 'Bob' });
    const bob = host.people.get('bob');
    if (bob) bob.active = false;
    expect((await userinfo(host, access_token)).status).toBe(401);
    if (bob) bob.active = true;
  });

  it('tells what was granted, and where each claim belongs [core-5.4-place]', async () => {
    const { access_token, id_token = '' } = await logIn(host, 'web', {
      params: { scope: 'openid profile email company notes:read' },
    });
    const idToken = decodeJwt(id_token);
    expect(idToken).toMatchObject({ sub: 'ada', email_verified: true });
    for (const claim of ['name', 'email', 'company_id']) expect(idToken).not.toHaveProperty(claim);
    expect((await userinfo(host, access_token)).body).toEqual({
      sub: 'ada',
      name: 'Ada',
      'name#de': 'Ada (deutsch)',
      email: 'ada@people.test',
      email_verified: true,
      company_id: 'acme',
    });
  });

  it('answers errors as JSON, and 413 and 400 to a form that it cannot read [core-5.3.3-json]', async () => {
    const big = await userinfo(host, '', form({ access_token: 'a'.repeat(70_000) }));
    expect([big.status, big.body.error]).toEqual([413, 'invalid_request']);
    const json = { 'content-type': 'application/json', accept: 'text/html' };
    const wrong = await userinfo(host, '', { method: 'POST', headers: json, body: '{}' });
    expect([wrong.status, wrong.body.error]).toEqual([400, 'invalid_request']);
  });

  it('answers a preflight (Core §5.3, Fetch)', async () => {
    const { status, headers } = await userinfo(host, '', {
      method: 'OPTIONS',
      headers: {
        'origin': 'https://spa.test',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-headers')).toContain('authorization');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('lets a browser of a public client in, and no other origin [core-5.3.2-cors]', async () => {
    const { access_token } = await logIn(host, 'spa', { params: { scope: 'openid notes:read' } });
    const ask = (origin: string): ReturnType<typeof userinfo> =>
      userinfo(host, '', { headers: { authorization: `Bearer ${access_token}`, origin } });
    const own = await ask('https://spa.test');
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'https://spa.test',
    ]);
    const foreign = await ask('https://evil.test');
    expect(foreign.status).toBe(400);
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });
});
