import { accountClaims, api, clientClaims, forge, issuer, now, sign } from '../test/issuer.js';
import { guardOf, key, refusal } from '../test/knowing-guard.js';

describe('hostile tokens', () => {
  const spoiled = async (claims: Record<string, unknown>): Promise<string> =>
    refusal(await sign(key, { ...accountClaims(), ...claims }));

  it.each([
    `${issuer}/`,
    'https://acme.example/AUTH',
    'https://acme.example',
    [issuer],
    null,
    undefined,
  ])('are refused with the issuer %p', async (iss) => {
    expect(await spoiled({ iss })).toBe('invalid_token: issuer');
  });

  it.each([
    [`${api}/`],
    [`${api} https://acme.example/other`],
    [[api, 'https://acme.example/other']],
    [[api, api]],
    [[[api]]],
    [[]],
    [{ 0: api, length: 1 }],
    [undefined],
    [issuer],
    ['web'],
  ])('are refused with the audience %p', async (aud) => {
    expect(await spoiled({ aud })).toBe('invalid_token: audience');
  });

  it('are taken with this audience alone in an array', async () => {
    expect(await spoiled({ aud: [api] })).toBe('passed: none');
  });

  it.each([
    [{ exp: now() - 10 }],
    [{ exp: undefined }],
    [{ exp: String(now() + 60) }],
    [{ exp: null }],
    [{ nbf: now() + 60 }],
    [{ nbf: 'now' }],
    [{ iat: now() + 60 }],
    [{ auth_time: now() + 60 }],
  ])('are refused with the times %p', async (times) => {
    expect(await spoiled(times)).toBe('invalid_token: time');
  });

  it('are refused when they expire at infinity, which JSON can spell', async () => {
    const text = JSON.stringify({ ...accountClaims(), exp: 0 }).replace('"exp":0', '"exp":1e999');
    const guard = guardOf({
      introspect: async () => ({ ...JSON.parse(text), active: true, token_type: 'Bearer' }),
    });
    expect(await refusal('opaque', guard)).toBe('invalid_token: time');
  });

  it('are taken within the tolerance for clocks', async () => {
    expect(await spoiled({ exp: now() - 2, iat: now() + 2, nbf: now() + 2 })).toBe('passed: none');
  });

  it.each(['sub', 'client_id', 'jti', 'iat', 'sub_type'])(
    'are refused without %s',
    async (name) => {
      expect(await spoiled({ [name]: undefined })).toBe('invalid_token: claims');
      expect(await spoiled({ [name]: '' })).toMatch(/^invalid_token: (?:claims|time)$/);
      expect(await spoiled({ [name]: {} })).toMatch(/^invalid_token: (?:claims|time)$/);
    },
  );

  it.each(['Account', 'user', 'account ', ['account'], true])(
    'are refused with the kind %p',
    async (sub_type) => {
      expect(await spoiled({ sub_type })).toBe('invalid_token: claims');
    },
  );

  it('are refused with a scope that is a list', async () => {
    expect(await spoiled({ scope: ['notes:read'] })).toBe('invalid_token: claims');
  });

  it('are never taken for a person because client and subject have different names', async () => {
    const claims = { ...clientClaims(), sub: 'account-1', client_id: 'machine' };
    expect(await refusal(await sign(key, claims))).toBe('insufficient_scope: kind');
    const named = { ...accountClaims(), sub: 'web', client_id: 'web' };
    expect(await guardOf().verify(api, await sign(key, named))).toMatchObject({
      kind: 'account',
      accountId: 'web',
    });
  });

  it.each([{}, { jkt: 'x' }, { 'x5t#S256': 'x' }, null, 'x', 0, false])(
    'are refused when bound to a key: %p',
    async (cnf) => {
      expect(await spoiled({ cnf })).toBe('invalid_token: sender constraint');
    },
  );

  it('have the scopes that they name, not parts of them', async () => {
    const guard = guardOf();
    for (const scope of [
      'notes:rea',
      'notes:readx',
      'Notes:read',
      'notes:read,notes:write',
      '',
      ' ',
    ]) {
      const token = await sign(key, { ...accountClaims(), scope });
      await expect(guard.verify(api, token, { scope: 'notes:read' })).rejects.toMatchObject({
        check: 'scope',
      });
    }
  });

  it('cannot reach into prototypes by their claims', async () => {
    const claims = JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":1,"scope":"__proto__"}',
    );
    const auth = await guardOf().verify(api, await sign(key, { ...accountClaims(), ...claims }));
    expect(auth.claims).toHaveProperty('sub', 'account-1');
    expect(auth.scopes).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });

  it('cannot be changed by one handler for the next', async () => {
    const guard = guardOf();
    const token = await sign(key, { ...accountClaims(), roles: [{ name: 'reader' }] });
    const auth = await guard.verify(api, token);
    const roles = auth.claims.roles as { name: string }[];
    expect(() => Object.assign(auth, { accountId: 'account-2' })).toThrow(TypeError);
    expect(() => (auth.scopes as string[]).push('notes:write')).toThrow(TypeError);
    expect(() => Object.assign(roles[0] ?? {}, { name: 'admin' })).toThrow(TypeError);
  });

  it('answer with nothing that came from the token or the request', async () => {
    const guard = guardOf();
    const marked = 'MARK"\\\r\nX: y';
    const claims = { ...accountClaims(), iss: marked, sub_type: marked, scope: marked };
    for (const token of [await sign(key, claims), forge({ alg: marked, typ: marked }, claims)]) {
      const error = await guard.verify(api, token).catch((reason) => reason);
      expect(JSON.stringify([error.headers, error.body, error.message])).not.toContain('MARK');
    }
  });
});
