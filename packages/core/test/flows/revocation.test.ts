import { browserAgent } from '../browser-agent.js';
import { ledgerApi, startHost, type TestHost } from '../host.js';
import { basic, introspect, openApi, secretOf, send, until } from '../machine-client.js';
import { type Answer, call, logIn, refresh, type Tokens } from '../oauth-client.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

const opaque = (clientId = 'web'): Promise<Tokens> =>
  logIn(host, clientId, { params: { scope: 'ledger:read' } });

function revoke(
  token: string,
  clientId = 'web',
  more: Record<string, string> = {},
): Promise<Answer> {
  return call(host, '/revoke', clientId, { token, ...more });
}

/** RFC 7009 §2.2: 200, and a body that the client ignores. */
function expectDone({ status, body }: Answer): void {
  expect([status, body]).toEqual([200, {}]);
}

describe('revocation', () => {
  it('of an opaque access token ends it and its family at once', async () => {
    const { access_token, refresh_token } = await opaque();
    expect((await openApi(host, '/api/ledger', access_token)).status).toBe(200);
    expectDone(await revoke(access_token));
    expect((await openApi(host, '/api/ledger', access_token)).status).toBe(401);
    expect((await introspect(host, access_token)).body).toEqual({ active: false });
    expect((await introspect(host, access_token, ledgerApi.client_id)).body).toEqual({
      active: false,
    });
    expect((await refresh(host, 'web', refresh_token)).body.error).toBe('invalid_grant');
  });

  it('of a JWT ends it at introspection at once, and within two seconds in the guard', async () => {
    const { access_token, refresh_token } = await logIn(host, 'web');
    expect((await openApi(host, '/api/notes', access_token)).status).toBe(200);
    expectDone(await revoke(access_token));
    expect((await introspect(host, access_token)).body).toEqual({ active: false });
    const dead = await until(
      () => openApi(host, '/api/notes', access_token),
      ({ status }) => status === 401,
      2000,
    );
    expect([dead.status, dead.challenge]).toEqual([401, expect.stringContaining('invalid_token')]);
    expect((await refresh(host, 'web', refresh_token)).body.error).toBe('invalid_grant');
  });

  it('of a machine JWT ends that token, and no other of the client', async () => {
    const fields = { grant_type: 'client_credentials', scope: 'notes:read' };
    const [one, other] = [
      String((await call(host, '/token', 'machine', fields)).body.access_token),
      String((await call(host, '/token', 'machine', fields)).body.access_token),
    ];
    expectDone(await revoke(one, 'machine'));
    expect((await introspect(host, one, 'machine')).body).toEqual({ active: false });
    const ask = (): ReturnType<typeof openApi> => openApi(host, '/api/machine', one);
    expect((await until(ask, ({ status }) => status === 401, 2000)).status).toBe(401);
    expect((await introspect(host, other, 'machine')).body.active).toBe(true);
    expect((await openApi(host, '/api/machine', other)).status).toBe(200);
  });

  it('of an opaque machine token ends it at once', async () => {
    const fields = { grant_type: 'client_credentials', scope: 'ledger:read' };
    const token = String((await call(host, '/token', 'machine', fields)).body.access_token);
    expectDone(await revoke(token, 'machine'));
    expect((await openApi(host, '/api/ledger', token)).status).toBe(401);
  });

  it('of a refresh token ends the family: JWTs of it too', async () => {
    const { access_token, refresh_token } = await logIn(host, 'spa');
    expectDone(await revoke(refresh_token, 'spa'));
    expect((await refresh(host, 'spa', refresh_token)).body.error).toBe('invalid_grant');
    const ask = (): ReturnType<typeof openApi> => openApi(host, '/api/notes', access_token);
    expect((await until(ask, ({ status }) => status === 401, 2000)).status).toBe(401);
  });

  it('of a refresh token that was rotated ends the family too', async () => {
    const { refresh_token } = await logIn(host, 'web');
    const { body } = await refresh(host, 'web', refresh_token);
    expectDone(await revoke(refresh_token));
    expect((await refresh(host, 'web', String(body.refresh_token))).body.error).toBe(
      'invalid_grant',
    );
  });

  it('ends the family of one browser only, and asks nobody for consent again', async () => {
    const [laptop, phone] = [browserAgent(host.origin), browserAgent(host.origin)];
    const one = await logIn(host, 'partner', { agent: laptop });
    const other = await logIn(host, 'partner', { agent: phone });
    expectDone(await revoke(one.refresh_token, 'partner'));
    expect((await refresh(host, 'partner', other.refresh_token)).status).toBe(200);
    const consents = (): number =>
      host.log.filter(({ message }) => message === 'consent.granted').length;
    const before = consents();
    await logIn(host, 'partner', { agent: laptop });
    expect(consents()).toBe(before);
  });

  it.each(['access_token', 'refresh_token', 'nonsense'])(
    'finds every kind of token with the token_type_hint %j',
    async (token_type_hint) => {
      for (const kind of ['access_token', 'refresh_token'] as const) {
        const tokens = await opaque();
        expectDone(await revoke(tokens[kind], 'web', { token_type_hint }));
        expect((await introspect(host, tokens[kind])).body).toEqual({ active: false });
      }
      const { access_token } = await logIn(host, 'web');
      expectDone(await revoke(access_token, 'web', { token_type_hint }));
      expect((await introspect(host, access_token)).body).toEqual({ active: false });
    },
  );

  it.each(['partner', 'spa', 'machine'])(
    'by %s, whose token it is not, changes nothing',
    async (clientId) => {
      const { access_token, refresh_token } = await opaque();
      const { access_token: jwt } = await logIn(host, 'web');
      host.log.length = 0;
      for (const token of [access_token, refresh_token, jwt]) {
        expectDone(await revoke(token, clientId));
        expect((await introspect(host, token)).body.active).toBe(true);
      }
      expect(host.log.map(({ message }) => message)).not.toContain('token.revoked');
      expect((await refresh(host, 'web', refresh_token)).status).toBe(200);
    },
  );

  it.each([
    'unknown',
    '~handle',
    '\0',
    '..',
    'e30.e30.e30',
    'e30.e30.e30.e30.e30',
    '__proto__',
    'x'.repeat(200),
  ])('of the unknown token %j answers 200 (RFC 7009 §2.2)', async (token) =>
    expectDone(await revoke(token)),
  );

  it('twice answers 200 twice', async () => {
    const { access_token } = await logIn(host, 'web');
    expectDone(await revoke(access_token));
    expectDone(await revoke(access_token));
  });

  it('announces what it ended', async () => {
    const { access_token } = await opaque();
    host.log.length = 0;
    await revoke(access_token);
    expect(host.log).toContainEqual(
      expect.objectContaining({
        message: 'token.revoked',
        context: expect.objectContaining({ clientId: 'web' }),
      }),
    );
  });
});

describe('the revocation endpoint', () => {
  it.each([
    ['no token', {}],
    ['an empty token', { token: '' }],
  ])('answers invalid_request in JSON for %s', async (_what, fields) => {
    const headers = { authorization: basic('web', secretOf('web')), accept: 'text/html' };
    const { status, body } = await send(host, '/revoke', fields, headers);
    expect([status, body.error]).toEqual([400, 'invalid_request']);
  });

  it('answers invalid_request for a repeated token', async () => {
    const { access_token } = await logIn(host, 'web');
    const form = [
      ['token', access_token],
      ['token', access_token],
    ];
    const headers = { authorization: basic('web', secretOf('web')) };
    const { status, body } = await send(host, '/revoke', form, headers);
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    expect((await introspect(host, access_token)).body.active).toBe(true);
  });

  it('answers invalid_client in JSON without a credential', async () => {
    const { access_token } = await logIn(host, 'web');
    for (const client_id of ['web', 'nobody']) {
      const { status, body } = await send(host, '/revoke', { token: access_token, client_id });
      expect([status, body.error]).toEqual([401, 'invalid_client']);
    }
    expect((await introspect(host, access_token)).body.active).toBe(true);
  });
});
