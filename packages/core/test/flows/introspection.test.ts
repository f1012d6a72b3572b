import { SignJWT } from 'jose';
import { clientKey } from '../assertion.js';
import { api, ledger, ledgerApi, startHost, type TestHost } from '../host.js';
import { basic, introspect, secretOf, send } from '../machine-client.js';
import { call, logIn, refresh, type Tokens } from '../oauth-client.js';
import { goHome, travel } from '../travel.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost({ after: (app) => void app.set('trust proxy', true) });
});
afterEach(goHome);
afterAll(() => host.close());

const inactive = { active: false };

async function machineToken(scope: string): Promise<string> {
  const { body } = await call(host, '/token', 'machine', {
    grant_type: 'client_credentials',
    scope,
  });
  return String(body.access_token);
}

const opaque = (clientId = 'web'): Promise<Tokens> =>
  logIn(host, clientId, { params: { scope: 'ledger:read' } });

describe('introspection by a client, of its own tokens', () => {
  it('says about a JWT what is in it', async () => {
    const { access_token } = await logIn(host, 'web');
    const { status, headers, body } = await introspect(host, access_token);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toMatchObject({
      active: true,
      token_type: 'Bearer',
      client_id: 'web',
      sub: 'ada',
      sub_type: 'account',
      aud: api,
      iss: host.issuer,
      scope: 'notes:read',
    });
    expect(Number(body.exp) - Number(body.iat)).toBe(600);
  });

  it('says about an opaque token what is in it, with the same members as about a JWT', async () => {
    const jwt = await introspect(host, (await logIn(host, 'web')).access_token);
    const { body } = await introspect(host, (await opaque()).access_token);
    expect(body).toMatchObject({
      active: true,
      token_type: 'Bearer',
      client_id: 'web',
      sub: 'ada',
      aud: ledger,
    });
    expect(Object.keys(body).sort()).toEqual(Object.keys(jwt.body).sort());
  });

  it('says about a refresh token that it is one, by leaving token_type out', async () => {
    const { refresh_token } = await logIn(host, 'web');
    const { body } = await introspect(host, refresh_token);
    expect(body).toMatchObject({ active: true, client_id: 'web', sub: 'ada' });
    expect(body).not.toHaveProperty('token_type');
  });

  it.each([
    ['JWT', 'notes:read', api],
    ['opaque', 'ledger:read', ledger],
  ])(
    'says about its own machine token (%s) that no account is in it',
    async (_format, scope, aud) => {
      const token = await machineToken(scope);
      const { body } = await introspect(host, token, 'machine');
      expect(body).toMatchObject({
        active: true,
        client_id: 'machine',
        sub_type: 'client',
        aud,
        scope,
      });
      expect(body.sub ?? 'machine').toBe('machine');
    },
  );

  it.each(['access_token', 'refresh_token', 'nonsense', ''])(
    'finds every kind of token with the token_type_hint %j',
    async (token_type_hint) => {
      const { access_token, refresh_token } = await opaque();
      const { access_token: jwt } = await logIn(host, 'web');
      for (const token of [access_token, refresh_token, jwt]) {
        const { body } = await introspect(host, token, 'web', { token_type_hint });
        expect(body.active).toBe(true);
      }
    },
  );
});

describe('introspection by the credential of a resource', () => {
  it('sees tokens of that resource, whoever got them', async () => {
    for (const clientId of ['web', 'spa']) {
      const { access_token } = await opaque(clientId);
      const { body } = await introspect(host, access_token, ledgerApi.client_id);
      expect(body).toMatchObject({ active: true, client_id: clientId, aud: ledger, sub: 'ada' });
    }
    const { body } = await introspect(host, await machineToken('ledger:read'), ledgerApi.client_id);
    expect(body).toMatchObject({ active: true, client_id: 'machine' });
  });

  it('sees nothing else: no token of another resource, no refresh token, no code', async () => {
    const { access_token } = await logIn(host, 'web');
    const { refresh_token } = await opaque();
    for (const token of [access_token, refresh_token, await machineToken('notes:read')]) {
      expect((await introspect(host, token, ledgerApi.client_id)).body).toEqual(inactive);
    }
  });

  it('can do nothing else', async () => {
    const headers = { authorization: basic(ledgerApi.client_id, ledgerApi.client_secret) };
    for (const grant_type of ['client_credentials', 'authorization_code', 'refresh_token']) {
      const fields = { grant_type, code: 'x', refresh_token: 'x', scope: 'ledger:read' };
      const { body } = await send(host, '/token', fields, headers);
      expect(body.error).toBe('unauthorized_client');
    }
    const { access_token } = await opaque();
    expect((await send(host, '/revoke', { token: access_token }, headers)).status).toBe(200);
    expect((await introspect(host, access_token)).body.active).toBe(true);
  });
});

describe('introspection answers exactly {"active":false}', () => {
  it('to a client about tokens of another', async () => {
    const { access_token, refresh_token } = await opaque('web');
    const { access_token: jwt } = await logIn(host, 'web');
    for (const token of [access_token, refresh_token, jwt, await machineToken('notes:read')]) {
      const { status, body } = await introspect(host, token, 'partner');
      expect([status, body]).toEqual([200, inactive]);
    }
  });

  it('about tokens that expired', async () => {
    const { access_token: jwt, refresh_token } = await logIn(host, 'web');
    const { access_token } = await opaque();
    travel(601);
    expect((await introspect(host, jwt)).body).toEqual(inactive);
    expect((await introspect(host, access_token)).body.active).toBe(true);
    travel(3001);
    expect((await introspect(host, access_token)).body).toEqual(inactive);
    travel(31 * 86_400);
    expect((await introspect(host, refresh_token)).body).toEqual(inactive);
  });

  it('about a refresh token that was rotated', async () => {
    const { refresh_token } = await logIn(host, 'web');
    expect((await refresh(host, 'web', refresh_token)).status).toBe(200);
    host.log.length = 0;
    expect((await introspect(host, refresh_token)).body).toEqual(inactive);
    // Asking about it is no use of it.
    expect(JSON.stringify(host.log)).not.toContain('replayed');
  });

  it('about a JWT that another key signed, or that was changed', async () => {
    const { access_token } = await logIn(host, 'web');
    const [header = '', body = '', signature = ''] = access_token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    const changed = Buffer.from(JSON.stringify({ ...claims, scope: 'notes:write' })).toString(
      'base64url',
    );
    const { privateKey } = await clientKey();
    const typ = 'at+jwt';
    const other = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ })
      .sign(privateKey);
    const none = `${Buffer.from(JSON.stringify({ alg: 'none', typ })).toString('base64url')}.${body}.`;
    for (const token of [`${header}.${changed}.${signature}`, other, none, `${none}x`]) {
      const { status, body: answer } = await introspect(host, token);
      expect([status, answer]).toEqual([200, inactive]);
    }
  });

  it('about the jti of a living JWT, which is no token', async () => {
    const { access_token } = await logIn(host, 'web');
    const { body } = await introspect(host, access_token);
    for (const value of [body.jti, body.grant_id]) {
      if (typeof value === 'string') expect((await introspect(host, value)).body).toEqual(inactive);
    }
    const claims = JSON.parse(
      Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString(),
    ) as { jti: string };
    expect((await introspect(host, claims.jti)).body).toEqual(inactive);
  });

  it.each([
    ['garbage', 'garbage'],
    ['a handle', '~x'],
    ['a NUL', '\0'],
    ['two dots', '..'],
    ['a JWS in three parts of garbage', 'e30.e30.e30'],
    ['a JWE', 'e30.e30.e30.e30.e30'],
    ['a JSON header', `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.x.y`],
    ['JSON in a header alone', `${Buffer.from('{"alg":"ES256"}').toString('base64url')}`],
    ['50 kB', 'x'.repeat(50_000)],
    ['50 kB with dots', `${'x'.repeat(25_000)}.${'x'.repeat(25_000)}.x`],
    ['__proto__', '__proto__'],
    ['an object', '[object Object]'],
  ])('about %s', async (_what, token) => {
    const { status, body } = await introspect(host, token);
    expect([status, body]).toEqual([200, inactive]);
  });
});

describe('the introspection endpoint', () => {
  const headers = { authorization: basic('web', secretOf('web')) };

  it.each([
    ['no token', {}],
    ['an empty token', { token: '' }],
  ])('answers invalid_request for %s', async (_what, fields) => {
    const { status, body } = await send(host, '/introspect', fields, headers);
    expect([status, body.error]).toEqual([400, 'invalid_request']);
  });

  it('answers invalid_request for a repeated parameter, also when it is a JWT', async () => {
    const { access_token } = await logIn(host, 'web');
    const form = [
      ['token', access_token],
      ['token', access_token],
    ];
    const { status, body } = await send(host, '/introspect', form, headers);
    expect([status, body.error]).toEqual([400, 'invalid_request']);
  });

  it('refuses a token of a megabyte with 413, in JSON', async () => {
    const { status, body } = await send(
      host,
      '/introspect',
      { token: 'x'.repeat(1_000_000) },
      headers,
    );
    expect([status, body.error]).toEqual([413, 'invalid_request']);
  });

  it.each([
    ['192.0.2.1', 'text/html'],
    ['192.0.2.2', 'text/html,application/xhtml+xml,*/*;q=0.1'],
    ['192.0.2.3', 'image/png'],
    ['192.0.2.4', '*/*'],
    ['192.0.2.5', ''],
  ])('answers errors as JSON, to %s that accepts %j', async (address, accept) => {
    const wrong = { authorization: basic('nobody', 'x'), accept, 'x-forwarded-for': address };
    for (const path of ['/introspect', '/revoke', '/token']) {
      const refused = await send(host, path, { token: 'x' }, wrong);
      expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
      const missing = await send(host, path, {}, { ...headers, accept });
      expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request']);
    }
  });

  it.each([
    ['no credential', {}, {}],
    ['a public client', { client_id: 'spa' }, {}],
    ['a token of its own as credential', {}, { authorization: 'Bearer abc' }],
  ])('says nothing to %s', async (_what, fields, own) => {
    const { access_token } = await opaque('spa');
    const { body } = await send(host, '/introspect', { token: access_token, ...fields }, own);
    expect(body).not.toHaveProperty('client_id');
    expect(body.active ?? false).toBe(false);
  });
});

describe('introspection after a revocation', () => {
  it('is inactive at once for every token of the family', async () => {
    const { access_token, refresh_token } = await opaque();
    const { body } = await introspect(host, access_token);
    await host.auth.revoke({ grantId: String(body.grant_id) });
    for (const token of [access_token, refresh_token]) {
      expect((await introspect(host, token)).body).toEqual(inactive);
      expect((await introspect(host, token, ledgerApi.client_id)).body).toEqual(inactive);
    }
  });

  it('is inactive while the account is deactivated', async () => {
    const bob = host.people.get('bob');
    if (!bob) throw new Error('bob is gone');
    const person = { identifier: 'bob', password: 'bob-pw' };
    const { access_token: jwt } = await logIn(host, 'web', { person });
    const { access_token } = await logIn(host, 'web', { person, params: { scope: 'ledger:read' } });
    host.people.set('bob', { ...bob, active: false });
    expect((await introspect(host, jwt)).body).toEqual(inactive);
    expect((await introspect(host, access_token)).body).toEqual(inactive);
    expect((await introspect(host, access_token, ledgerApi.client_id)).body).toEqual(inactive);
    host.people.set('bob', bob);
    expect((await introspect(host, jwt)).body.active).toBe(true);
  });
});
