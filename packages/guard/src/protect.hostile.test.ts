import { createHmac, KeyObject } from 'node:crypto';
import type { Express } from 'express';
import { exportSPKI } from 'jose';
import { expressVersions } from '../test/express-versions.js';
import {
  accountClaims,
  api,
  clientClaims,
  forge,
  issuer,
  now,
  quiet,
  resources,
  type SigningKey,
  sign,
  signingKey,
  sourceOf,
} from '../test/issuer.js';
import { send } from '../test/send.js';
import { type Served, serve } from '../test/serve.js';
import { createGuard, type Guard, type GuardSource } from './index.js';

let key: SigningKey;
let rsa: SigningKey;
let good: string;
let stranger: SigningKey;
beforeAll(async () => {
  [key, rsa, stranger] = await Promise.all([
    signingKey(),
    signingKey('RS256', 'rsa-1'),
    signingKey('ES256', 'ES256-1'),
  ]);
  good = await sign(key);
});

function guardOf(source: Partial<GuardSource> = {}): Guard<typeof resources> {
  return createGuard({
    issuer,
    resources,
    logger: quiet,
    source: { ...sourceOf(key, rsa), ...source },
  });
}

/** An app whose every route is protected, with what hosts put in front of it. */
function appOf(express: (typeof expressVersions)[number][1], guard = guardOf()): Express {
  const app = express();
  app.use(express.urlencoded({ extended: true }), express.json());
  app.use(guard.protect(api), (_req, res) => void res.json({ passed: true }));
  return app;
}

const outcome = (text: string): string => {
  const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
  return [status, /error="(\w+)"/.exec(text)?.[1]].filter(Boolean).join(' ');
};

describe.each(expressVersions)('hostile requests to %s', (_name, express) => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(appOf(express));
  });
  afterAll(() => served.close());

  const raw = async (...lines: string[]): Promise<string> =>
    outcome(await send(served.url, [...lines, 'Connection: close', '', ''].join('\r\n')));
  const start = 'GET /notes HTTP/1.1\r\nHost: x';

  it('lets a good request through, so that the others fail for their own reason', async () => {
    expect(await raw(start, `Authorization: Bearer ${good}`)).toBe('200');
  });

  it.each([
    ['twice the same', () => [`Authorization: Bearer ${good}`, `Authorization: Bearer ${good}`]],
    ['a good one first', () => [`Authorization: Bearer ${good}`, 'authorization: Bearer bad']],
    ['a good one last', () => ['AUTHORIZATION: Basic eDp5', `Authorization: Bearer ${good}`]],
    ['an empty one first', () => ['Authorization:', `Authorization: Bearer ${good}`]],
  ])('refuses repeated Authorization headers: %s', async (_case, lines) => {
    expect(await raw(start, ...lines())).toBe('400 invalid_request');
  });

  it.each([
    ['no token', 'Bearer'],
    ['two words', 'Bearer a b'],
    ['two folded credentials', 'Bearer a, Bearer b'],
    ['a comma', 'Bearer,a'],
    ['a tab', 'Bearer\ta'],
    ['quotes', 'Bearer "a"'],
    ['padding in the middle', 'Bearer a=b'],
    ['bytes outside ASCII', 'Bearer \xe9\xff'],
    ['a percent-encoded line break', 'Bearer a%0d%0aX: y'],
    ['an invisible space', 'Bearer a\xa0b'],
  ])('refuses what is no bearer credential: %s', async (_case, value) => {
    expect(await raw(start, `Authorization: ${value}`)).toBe('400 invalid_request');
  });

  it('never sees a NUL or a bare line feed in a header, because Node refuses it', async () => {
    expect(await raw(start, 'Authorization: Bearer a\0b')).toBe('400');
    expect(await raw(start, 'Authorization: Bearer a\n b')).toBe('400');
  });

  it('answers without an error to schemes that only begin like ours', async () => {
    for (const value of ['BearerToken a', 'Bearer-x a', 'DPoP a', 'Basic eDp5', 'a', '']) {
      expect(await raw(start, `Authorization: ${value}`)).toBe('401');
    }
  });

  it.each([
    '/notes?access_token=a',
    '/notes?access_token=',
    '/notes?access_token',
    '/notes?x=1&access_token=a&access_token=b',
    '/notes?access_token[]=a',
    '/notes?access_token[__proto__]=a',
    '/notes?access%5Ftoken=a',
    '/notes??&&access_token=a#x',
  ])('refuses a token in the query, beside a good header or alone: %s', async (path) => {
    const line = `GET ${path} HTTP/1.1\r\nHost: x`;
    expect(await raw(line)).toBe('400 invalid_request');
    expect(await raw(line, `Authorization: Bearer ${good}`)).toBe('400 invalid_request');
  });

  it('takes queries that only look alike', async () => {
    for (const query of ['?my_access_token=a', '?__proto__=a', '?a[access_token]=b', '?%', '?']) {
      const line = `GET /notes${query} HTTP/1.1\r\nHost: x`;
      expect(await raw(line, `Authorization: Bearer ${good}`)).toBe('200');
    }
  });

  const post = async (type: string, body: string): Promise<string> => {
    const headers = { 'Content-Type': type, 'Authorization': `Bearer ${good}` };
    const response = await fetch(`${served.url}/notes`, { method: 'POST', headers, body });
    return [
      response.status,
      /error="(\w+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1],
    ]
      .filter(Boolean)
      .join(' ');
  };

  it.each([
    'access_token=a',
    'access_token=a&access_token=b',
    'access_token[0]=a',
    'access_token[a]=b',
  ])('refuses a token in a form: %s', async (body) => {
    expect(await post('application/x-www-form-urlencoded; charset=utf-8', body)).toBe(
      '400 invalid_request',
    );
  });

  it('takes bodies where the name means something else, or nothing', async () => {
    expect(await post('application/json', '{"access_token":"of another service"}')).toBe('200');
    expect(await post('application/json', '{"__proto__":{"access_token":"a"}}')).toBe('200');
    expect(await post('application/x-www-form-urlencoded', '__proto__[access_token]=a')).toBe(
      '200',
    );
    expect(await post('application/x-www-form-urlencoded', '')).toBe('200');
  });

  it('refuses a token of more than 16 KB without looking at it, where the host allows such headers', async () => {
    const guard = guardOf({ introspect: () => Promise.reject(new Error('asked')) });
    const long = 'a'.repeat(16_385);
    await expect(guard.verify(api, long)).rejects.toMatchObject({ error: 'invalid_request' });
    await expect(guard.verify(api, 'a'.repeat(5_000_000))).rejects.toMatchObject({ status: 400 });
    await expect(guard.verify(api, long.slice(1))).rejects.toMatchObject({ status: 503 });
  });
});

describe('hostile tokens', () => {
  const refusal = async (token: string, guard = guardOf()): Promise<string> => {
    const error = await guard.verify(api, token).then(
      () => ({ error: 'passed', check: 'none' }),
      (reason) => reason,
    );
    return `${error.error}: ${error.check}`;
  };
  const spoiled = async (claims: Record<string, unknown>): Promise<string> =>
    refusal(await sign(key, { ...accountClaims(), ...claims }));

  it.each([
    ['nothing in its parts', '..'],
    ['nothing but a signature', '..a'],
    ['no signature', forge({ alg: 'ES256', typ: 'at+jwt' }, {}, '')],
    ['a header that is no JSON', forge('{', {})],
    ['a header that is an array', forge([], {})],
    ['a header that is null', forge(null, {})],
    ['a payload that is a string', forge({ alg: 'ES256', typ: 'at+jwt' }, '"x"')],
    [
      'a payload that is no UTF-8',
      `${forge({ alg: 'ES256', typ: 'at+jwt' }, {}).split('.')[0]}._w.a`,
    ],
    ['parts that are not base64url', 'a+b/.c~d.e'],
  ])('are refused with %s', async (_case, token) => {
    expect(await refusal(token)).toMatch(/^invalid_token: (?:readable|type|signature)$/);
  });

  it('are refused with four or five parts, as unknown opaque tokens', async () => {
    expect(await refusal('a.b.c.d')).toBe('invalid_token: readable');
    expect(await refusal('a.b.c.d.e')).toBe('invalid_token: readable');
  });

  it.each([
    'none',
    'None',
    'HS256',
    'HS512',
    'RS1',
    'ES256K',
    '__proto__',
    '',
    256,
    null,
    ['ES256'],
  ])('are refused with the algorithm %p', async (alg) => {
    const token = forge({ alg, kid: key.kid, typ: 'at+jwt' }, accountClaims());
    expect(await refusal(token)).toBe('invalid_token: algorithm');
  });

  it('cannot use the public key as a shared secret (RFC 8725 §2.1)', async () => {
    const secret = await exportSPKI(rsa.publicKey);
    const head = forge({ alg: 'HS256', kid: rsa.kid, typ: 'at+jwt' }, accountClaims(), '').slice(
      0,
      -1,
    );
    const signature = createHmac('sha256', secret).update(head).digest('base64url');
    expect(await refusal(`${head}.${signature}`)).toBe('invalid_token: algorithm');
  });

  it('cannot name one algorithm and use the key of another', async () => {
    const token = forge({ alg: 'RS256', kid: key.kid, typ: 'at+jwt' }, accountClaims());
    expect(await refusal(token)).toBe('invalid_token: signature');
  });

  it('cannot bring their own key (RFC 8725 §3.10)', async () => {
    const jwk = KeyObject.from(stranger.publicKey).export({ format: 'jwk' });
    for (const header of [{ jwk }, { jku: 'https://evil.example/jwks' }, { x5c: ['MII='] }]) {
      expect(await refusal(await sign(stranger, accountClaims(), header))).toBe(
        'invalid_token: signature',
      );
    }
  });

  it('cannot confuse the key lookup with their key id', async () => {
    for (const kid of ['__proto__', 'constructor', '../../keys', '', 'x'.repeat(10_000), 7, {}]) {
      const token = forge({ alg: 'ES256', kid, typ: 'at+jwt' }, accountClaims());
      expect(await refusal(token)).toBe('invalid_token: signature');
    }
  });

  it('are refused when one byte of the payload was changed', async () => {
    const [header, , signature] = (await sign(key)).split('.');
    const payload = Buffer.from(JSON.stringify({ ...accountClaims(), sub: 'account-2' }));
    expect(await refusal(`${header}.${payload.toString('base64url')}.${signature}`)).toBe(
      'invalid_token: signature',
    );
  });

  it.each(['JWT', 'id_token+jwt', 'logout+jwt', 'jwt', '', undefined, 5, 'at+jwt2', 'text/at+jwt'])(
    'are refused with the type %p, whoever signed them',
    async (typ) => {
      expect(await refusal(await sign(key, accountClaims(), { typ }))).toBe('invalid_token: type');
    },
  );

  it('are taken with both spellings of the type, in any case', async () => {
    for (const typ of ['at+jwt', 'application/at+jwt', 'AT+JWT']) {
      expect(await refusal(await sign(key, accountClaims(), { typ }))).toBe('passed: none');
    }
  });

  it('cannot have critical extensions, not even an empty list', async () => {
    for (const crit of [['b64'], [], 'x', null]) {
      const header = { alg: 'ES256', kid: key.kid, typ: 'at+jwt', crit, b64: false };
      expect(await refusal(forge(header, accountClaims()))).toBe('invalid_token: extensions');
    }
  });

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

describe('introspected tokens', () => {
  const answer = (): Record<string, unknown> => {
    const { jti, iat, iss, ...claims } = accountClaims();
    return { ...claims, active: true, token_type: 'Bearer' };
  };
  const check = async (result: unknown, options = {}): Promise<string> => {
    const introspect = async (): Promise<never> => result as never;
    return guardOf({ introspect })
      .verify(api, 'opaque', options)
      .then(
        () => 'passed',
        (error) => error.check,
      );
  };

  it('are taken when the answer has what RFC 7662 names and our kind', async () => {
    expect(await check(answer())).toBe('passed');
    expect(
      await check({ ...answer(), sub: undefined, sub_type: 'client' }, { clients: true }),
    ).toBe('passed');
  });

  it.each([undefined, null, {}, { active: 'true' }, { active: 1 }, [], 'active'])(
    'are refused when the answer is %p',
    async (result) => {
      expect(await check(result)).toBe('readable');
    },
  );

  it.each([
    ['type', { token_type: undefined }], // a refresh token
    ['type', { token_type: 'DPoP' }],
    ['issuer', { iss: 'https://evil.example' }],
    ['audience', { aud: undefined }],
    ['audience', { aud: [api, 'https://acme.example/other'] }],
    ['time', { exp: undefined }],
    ['time', { exp: now() - 60 }],
    ['claims', { client_id: undefined }],
    ['claims', { sub: undefined }],
    ['claims', { sub_type: undefined }],
    ['sender constraint', { cnf: { jkt: 'x' } }],
    ['kind', { sub_type: 'client' }],
  ])('are refused by "%s" when the answer has %p', async (name, change) => {
    expect(await check({ ...answer(), ...change })).toBe(name);
  });
});
