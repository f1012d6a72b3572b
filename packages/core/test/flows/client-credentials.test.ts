import { decodeJwt, decodeProtectedHeader } from 'jose';
import { api, clients, ledger, startHost, type TestHost } from '../host.js';
import { basic, introspect, openApi, secretOf, send } from '../machine-client.js';
import { type Answer, call } from '../oauth-client.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

function ask(fields: Record<string, string>, clientId = 'machine'): Promise<Answer> {
  return call(host, '/token', clientId, { grant_type: 'client_credentials', ...fields });
}

describe('client_credentials', () => {
  it('gives a JWT by RFC 9068 that says whose own it is', async () => {
    const { status, headers, body } = await ask({ scope: 'notes:read' });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'notes:read', expires_in: 600 });
    const jwt = String(body.access_token);
    expect(decodeProtectedHeader(jwt)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    expect(decodeJwt(jwt)).toMatchObject({
      iss: host.issuer,
      sub: 'machine',
      client_id: 'machine',
      sub_type: 'client',
      aud: api,
      scope: 'notes:read',
    });
    expect(await openApi(host, '/api/machine', jwt)).toMatchObject({
      status: 200,
      body: { kind: 'client' },
    });
  });

  it('gives an opaque token for a resource that has those', async () => {
    const { body } = await ask({ scope: 'ledger:read' });
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'ledger:read', expires_in: 600 });
    const token = String(body.access_token);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await openApi(host, '/api/ledger', token)).toMatchObject({
      status: 200,
      body: { kind: 'client' },
    });
  });

  it('answers 403 on a route that is for accounts only', async () => {
    const { body } = await ask({ scope: 'notes:read' });
    const { status, challenge } = await openApi(host, '/api/notes', String(body.access_token));
    expect(status).toBe(403);
    expect(challenge).toContain('error="insufficient_scope"');
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    [
      'a scope that the client is not registered for',
      { scope: 'notes:write' },
      'invalid_scope',
      /notes:write/,
    ],
    [
      'one of two that it is not registered for',
      { scope: 'notes:read notes:write' },
      'invalid_scope',
      /notes:write/,
    ],
    ['a scope that is not declared', { scope: 'notes:delete' }, 'invalid_scope', /./],
    ['openid', { scope: 'openid' }, 'invalid_scope', /./],
    ['offline_access', { scope: 'notes:read offline_access' }, 'invalid_scope', /./],
    [
      'a scope with characters that RFC 6749 does not allow',
      { scope: 'notes:read\u00e9"' },
      'invalid_scope',
      /./,
    ],
    [
      'scopes of two resources',
      { scope: 'notes:read ledger:read' },
      'invalid_target',
      new RegExp(`${api}.*${ledger}`),
    ],
    [
      'a scope of another resource',
      { scope: 'ledger:read', resource: api },
      'invalid_scope',
      /ledger/,
    ],
    [
      'a resource that is not declared',
      { scope: 'notes:read', resource: 'https://other.test' },
      'invalid_target',
      /./,
    ],
    [
      'a resource that is no URI',
      { scope: 'notes:read', resource: 'notes' },
      'invalid_target',
      /./,
    ],
    [
      'a resource with a fragment',
      { scope: 'notes:read', resource: `${api}#a` },
      'invalid_target',
      /./,
    ],
    [
      'a resource that differs by a slash',
      { scope: 'notes:read', resource: `${api}/` },
      'invalid_target',
      /./,
    ],
  ])('refuses %s', async (_what, fields, error, description) => {
    const { status, body } = await ask(fields);
    expect([status, body.error]).toEqual([400, error]);
    expect(body.error_description).toMatch(description);
  });

  it('asks which resource when the scopes that it is registered for are of two', async () => {
    const { status, body } = await ask({});
    expect([status, body.error]).toEqual([400, 'invalid_target']);
    expect(body.error_description).toContain(`${api} and ${ledger}`);
  });

  it('gives the registered scopes of the resource when none is asked', async () => {
    const { status, body } = await ask({ resource: ledger });
    expect([status, body.scope]).toEqual([200, 'ledger:read']);
    expect((await introspect(host, String(body.access_token), 'machine')).body).toMatchObject({
      aud: ledger,
    });
  });

  it('gives all registered scopes when none is asked and one resource owns them', async () => {
    const own = await startHost({
      clients: [
        {
          client_id: 'machine',
          client_secret: secretOf('machine'),
          grant_types: ['client_credentials'],
          scope: 'notes:read notes:write',
        },
      ],
    });
    try {
      const fields = { grant_type: 'client_credentials' };
      const headers = { authorization: basic('machine', secretOf('machine')) };
      const { status, body } = await send(own, '/token', fields, headers);
      expect([status, String(body.scope).split(' ').sort()]).toEqual([
        200,
        ['notes:read', 'notes:write'],
      ]);
      expect(decodeJwt(String(body.access_token)).scope).toBe(body.scope);
    } finally {
      await own.close();
    }
  });

  it('answers invalid_target when two resources are named', async () => {
    const form = [
      ['grant_type', 'client_credentials'],
      ['scope', 'notes:read ledger:read'],
      ['resource', api],
      ['resource', ledger],
    ];
    const headers = { authorization: basic('machine', secretOf('machine')) };
    const { status, body } = await send(host, '/token', form, headers);
    expect([status, body.error]).toEqual([400, 'invalid_target']);
    expect(body.error_description).toContain('single resource');
  });

  it.each(
    clients.filter(({ client_id }) => client_id !== 'machine').map(({ client_id }) => client_id),
  )('answers unauthorized_client to %s, which does not have the grant type', async (clientId) => {
    const { status, body } = await ask({ scope: 'notes:read' }, clientId);
    expect([status, body.error]).toEqual([400, 'unauthorized_client']);
  });

  it('ends with revoke({ clientId }): opaque at once, JWT at once in the process that revoked', async () => {
    const jwt = String((await ask({ scope: 'notes:read' })).body.access_token);
    const opaque = String((await ask({ scope: 'ledger:read' })).body.access_token);
    await host.auth.revoke({ clientId: 'machine' });
    expect((await openApi(host, '/api/ledger', opaque)).status).toBe(401);
    expect((await openApi(host, '/api/machine', jwt)).status).toBe(401);
    expect((await introspect(host, jwt, 'machine')).body).toEqual({ active: false });
    expect((await introspect(host, opaque, 'machine')).body).toEqual({ active: false });
    const fresh = String((await ask({ scope: 'notes:read' })).body.access_token);
    expect((await openApi(host, '/api/machine', fresh)).status).toBe(200);
    expect((await introspect(host, fresh, 'machine')).body).toMatchObject({ active: true });
  });
});
