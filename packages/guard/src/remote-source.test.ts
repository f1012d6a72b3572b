import {
  introspectionPath,
  type IssuerServer,
  issuerServer,
  json,
  jwksPath,
  metadataPath,
} from '../test/issuer-server.js';
import {
  accountClaims,
  api,
  forge,
  quiet,
  resources,
  type SigningKey,
  sign,
  signingKey,
} from '../test/issuer.js';
import { controlMonotonicClock, type MonotonicClock } from '../test/monotonic-clock.js';
import { type Served, serve } from '../test/serve.js';
import { createGuard, type Guard, type RemoteSourceOptions, remoteSource } from './index.js';

const credential = { client_id: 'notes-api', client_secret: 'a secret of thirty-two characters' };

let first: SigningKey;
let second: SigningKey;
let server: IssuerServer;
let clock: MonotonicClock;
const others: Served[] = [];

beforeAll(async () => {
  [first, second] = await Promise.all([signingKey('ES256', 'one'), signingKey('ES256', 'two')]);
});
beforeEach(async () => {
  clock = controlMonotonicClock();
  server = await issuerServer(first);
});
afterEach(async () => {
  clock.restore();
  for (const { close } of [server, ...others.splice(0)]) await close();
});

function guardOf(options: Partial<RemoteSourceOptions> = {}): Guard<typeof resources> {
  const { issuer } = server;
  const source = remoteSource({ issuer, ...options });
  return createGuard({ issuer, resources, logger: quiet, source, cacheSize: 0 });
}

const claims = (): Record<string, unknown> => ({ ...accountClaims(), iss: server.issuer });
const asked = (path: string): number => server.asked.filter((each) => each === path).length;
const outcome = async (guard: Guard<typeof resources>, token: string): Promise<string> =>
  guard.verify(api, token).then(
    () => 'passed',
    (error) => `${error.status} ${error.check}`,
  );

describe('keys of a remote issuer', () => {
  it('are found by its metadata, once for all who wait', async () => {
    const guard = guardOf();
    expect(server.asked).toEqual([]);
    const token = await sign(first, claims());
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcome(guard, token)));
    expect(outcomes).toEqual(Array(5).fill('passed'));
    expect(server.asked).toEqual([metadataPath, jwksPath]);
  });

  it('are the default of a guard', async () => {
    const { issuer } = server;
    const guard = createGuard({ issuer, resources, logger: quiet });
    expect(await outcome(guard, await sign(first, claims()))).toBe('passed');
  });

  it('come from a given address without metadata', async () => {
    const guard = guardOf({ jwksUri: `${server.url}${jwksPath}` });
    expect(await outcome(guard, await sign(first, claims()))).toBe('passed');
    expect(server.asked).toEqual([jwksPath]);
  });

  it('are looked for again when a token names a new one', async () => {
    const guard = guardOf();
    await outcome(guard, await sign(first, claims()));
    server.keys = [first, second];
    clock.advance(10);
    const token = await sign(second, claims());
    expect(await Promise.all([outcome(guard, token), outcome(guard, token)])).toEqual([
      'passed',
      'passed',
    ]);
    expect(asked(jwksPath)).toBe(2);
  });

  it('are not fetched in a flood of unknown key ids', async () => {
    const guard = guardOf();
    await outcome(guard, await sign(first, claims()));
    for (let index = 0; index < 50; index += 1) {
      const token = forge({ alg: 'ES256', kid: `made-up-${index}`, typ: 'at+jwt' }, claims());
      expect(await outcome(guard, token)).toBe('401 signature');
    }
    expect(asked(jwksPath)).toBe(1);
  });

  it('are not fetched again and again for one unknown key id', async () => {
    const guard = guardOf();
    await outcome(guard, await sign(first, claims()));
    const unknown = await sign(second, claims());
    for (let index = 0; index < 3; index += 1) {
      clock.advance(15);
      expect(await outcome(guard, unknown)).toBe('401 signature');
    }
    expect(asked(jwksPath)).toBe(2);
  });

  it('are found after the pause even when a token named them within it', async () => {
    const guard = guardOf();
    await outcome(guard, await sign(first, claims()));
    server.keys = [first, second];
    const token = await sign(second, claims());
    expect(await outcome(guard, token)).toBe('401 signature');
    clock.advance(10);
    expect(await outcome(guard, token)).toBe('passed');
  });

  it('stop counting when the issuer withdraws them', async () => {
    const guard = guardOf();
    const token = await sign(first, claims());
    expect(await outcome(guard, token)).toBe('passed');
    server.keys = [second];
    clock.advance(600);
    expect(await outcome(guard, token)).toBe('401 signature');
  });

  it('stay in use while the issuer cannot be reached', async () => {
    const guard = guardOf();
    const token = await sign(first, claims());
    expect(await outcome(guard, token)).toBe('passed');
    server.replies.set(jwksPath, json({}, 500));
    clock.advance(86_400);
    expect(await outcome(guard, token)).toBe('passed');
    expect(await outcome(guard, await sign(second, claims()))).toBe('503 source');
    expect(await outcome(guard, token)).toBe('passed');
  });

  it('are asked for again soon after the issuer was down at start', async () => {
    const guard = guardOf();
    server.replies.set(metadataPath, json({}, 503));
    const token = await sign(first, claims());
    expect(await outcome(guard, token)).toBe('503 source');
    server.replies.clear();
    expect(await outcome(guard, token)).toBe('503 source');
    expect(server.asked).toEqual([metadataPath]);
    clock.advance(2);
    expect(await outcome(guard, token)).toBe('passed');
  });

  it.each([
    ['no key set', {}],
    ['keys that are no list', { keys: {} }],
    ['a list', []],
  ])('are not believed when the answer is %s', async (_case, answer) => {
    server.replies.set(jwksPath, json(answer));
    expect(await outcome(guardOf(), await sign(first, claims()))).toBe('503 source');
  });

  it('are not used when they are for encryption, broken, or ambiguous', async () => {
    const { kty, crv, x, y } = (await import('node:crypto')).KeyObject.from(first.publicKey).export(
      {
        format: 'jwk',
      },
    );
    const jwk = { kty, crv, x, y };
    for (const keys of [
      [{ ...jwk, kid: 'one', use: 'enc' }],
      [{ ...jwk, kid: 'one', alg: 'ES384' }],
      [{ kid: 'one', kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
      [{ kid: 'one', kty: 'oct', k: 'AA' }],
    ]) {
      server.replies.set(jwksPath, json({ keys }));
      expect(await outcome(guardOf(), await sign(first, claims()))).toBe('401 signature');
    }
    const unnamed = await sign(first, claims(), { kid: undefined });
    server.replies.set(jwksPath, json({ keys: [jwk, jwk] }));
    expect(await outcome(guardOf(), unnamed)).toBe('401 signature');
    server.replies.set(jwksPath, json({ keys: [jwk] }));
    expect(await outcome(guardOf(), unnamed)).toBe('passed');
  });
});

describe('the metadata of a remote issuer', () => {
  it.each([
    ['names another issuer', { issuer: 'https://evil.example' }],
    ['names the issuer with a slash more', { issuer: 'SLASH' }],
    ['names no keys', { jwks_uri: undefined }],
    ['names keys over plain http', { jwks_uri: 'http://evil.example/jwks' }],
    ['names keys in a file', { jwks_uri: 'file:///etc/passwd' }],
    ['names keys by a number', { jwks_uri: 5 }],
  ])('is not believed when it %s', async (_case, change) => {
    const { issuer, url } = server;
    const document = { issuer, jwks_uri: `${url}${jwksPath}`, ...change };
    if (document.issuer === 'SLASH') document.issuer = `${issuer}/`;
    server.replies.set(metadataPath, json(document));
    expect(await outcome(guardOf(), await sign(first, claims()))).toBe('503 source');
    expect(asked(jwksPath)).toBe(0);
  });

  it('is not followed elsewhere', async () => {
    const elsewhere = await serve((_req, res) => void res.end('{}'));
    others.push(elsewhere);
    let reached = false;
    elsewhere.server.on('request', () => {
      reached = true;
    });
    server.replies.set(metadataPath, (_req, res) =>
      res.writeHead(302, { Location: elsewhere.url }).end(),
    );
    expect(await outcome(guardOf(), await sign(first, claims()))).toBe('503 source');
    expect(reached).toBe(false);
  });

  it('is given up when it is endless, late, cut off or no JSON', async () => {
    const token = await sign(first, claims());
    server.replies.set(metadataPath, (_req, res) => {
      const more = (): void => {
        if (!res.destroyed) res.write('x'.repeat(65_536), () => setImmediate(more));
      };
      more();
    });
    expect(await outcome(guardOf(), token)).toBe('503 source');
    server.replies.set(metadataPath, () => {});
    expect(await outcome(guardOf({ timeoutSeconds: 0.1 }), token)).toBe('503 source');
    server.replies.set(metadataPath, (_req, res) => res.write('{'));
    expect(await outcome(guardOf({ timeoutSeconds: 0.1 }), token)).toBe('503 source');
    server.replies.set(metadataPath, (req) => req.socket.destroy());
    expect(await outcome(guardOf(), token)).toBe('503 source');
    server.replies.set(metadataPath, (_req, res) => res.end('<html>sign in to the network</html>'));
    expect(await outcome(guardOf(), token)).toBe('503 source');
  });
});

describe('introspection at a remote issuer', () => {
  const active = (change: Record<string, unknown> = {}) => ({
    ...claims(),
    active: true,
    token_type: 'Bearer',
    ...change,
  });

  it('asks with the credential of the resource, form-encoded as RFC 6749 §2.3.1 says', async () => {
    const odd = { client_id: 'notes api:1', client_secret: 'ü%&+:/ =' };
    server.introspection = () => active();
    expect(await outcome(guardOf({ introspection: odd }), 'op+que/1==')).toBe('passed');
    const [{ authorization = '', body } = { body: '' }] = server.introspected;
    expect(body).toBe('token=op%2Bque%2F1%3D%3D&token_type_hint=access_token');
    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe(
      'notes+api%3A1:%C3%BC%25%26%2B%3A%2F+%3D',
    );
  });

  it('asks where it is told', async () => {
    server.introspection = () => active();
    const endpoint = `${server.url}${introspectionPath}`;
    await outcome(guardOf({ introspection: { ...credential, endpoint } }), 'opaque');
    expect(server.asked).toEqual([introspectionPath]);
  });

  it('asks once for all who wait, and believes a good answer for a moment', async () => {
    server.introspection = () => active();
    const guard = guardOf({ introspection: credential });
    const ask = (): Promise<string> => outcome(guard, 'opaque');
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill('passed'));
    expect(await ask()).toBe('passed');
    expect(server.introspected).toHaveLength(1);
    server.introspection = () => ({ active: false });
    clock.advance(5);
    expect(await ask()).toBe('401 readable');
  });

  it('asks each time when told so, and always after a refusal', async () => {
    const guard = guardOf({ introspection: credential, introspectionCacheSeconds: 0 });
    expect(await outcome(guard, 'opaque')).toBe('401 readable');
    server.introspection = () => active();
    for (let times = 0; times < 2; times += 1)
      expect(await outcome(guard, 'opaque')).toBe('passed');
    expect(server.introspected).toHaveLength(3);
  });

  it('does not believe an answer past the expiry of the token', async () => {
    server.introspection = () => active({ exp: Date.now() / 1000 + 20 });
    const guard = guardOf({ introspection: credential, introspectionCacheSeconds: 60 });
    expect(await outcome(guard, 'opaque')).toBe('passed');
    clock.advance(20);
    await outcome(guard, 'opaque');
    expect(server.introspected).toHaveLength(2);
  });

  it('keeps answers about different tokens apart', async () => {
    server.introspection = (token) => active({ sub: `owner of ${token}` });
    const guard = guardOf({ introspection: credential });
    const [a, b] = await Promise.all(['a', 'b'].map((token) => guard.verify(api, token)));
    expect([a?.claims.sub, b?.claims.sub]).toEqual(['owner of a', 'owner of b']);
  });

  it.each([401, 403, 429, 500])('answers 503 when the issuer answers %i', async (status) => {
    server.replies.set(introspectionPath, json({ error: 'invalid_client' }, status));
    expect(await outcome(guardOf({ introspection: credential }), 'opaque')).toBe('503 source');
  });

  it('is not there without a credential: opaque tokens are refused unasked', async () => {
    expect(await outcome(guardOf(), 'opaque')).toBe('401 readable');
    expect(server.asked).toEqual([]);
  });

  it('tells that a JWT was revoked, where that is asked for', async () => {
    const token = await sign(first, claims());
    const options = { introspection: credential, introspectionCacheSeconds: 0 } as const;
    const strict = guardOf({ ...options, revocation: 'introspect' });
    server.introspection = () => active();
    expect(await outcome(strict, token)).toBe('passed');
    server.introspection = () => ({ active: false });
    expect(await outcome(strict, token)).toBe('401 revocation');
    expect(await outcome(guardOf(options), token)).toBe('passed');
    const stranger = await sign(second, claims());
    server.introspected.length = 0;
    expect(await outcome(strict, stranger)).toBe('401 signature');
    expect(server.introspected).toEqual([]);
  });
});

describe('the options of remoteSource', () => {
  it('are all looked at before anything is said', () => {
    const options = {
      issuer: 'http://acme.example',
      jwksUri: 'ftp://acme.example',
      introspection: { client_id: 'a', client_secret: '', endpoint: '/introspect' },
      introspectionCacheSeconds: 61,
      cooldownSeconds: 0,
      timeoutSeconds: Number.NaN,
      revocation: 'poll',
    } as unknown as RemoteSourceOptions;
    expect(() => remoteSource(options)).toThrow(
      new TypeError(
        'remoteSource: ' +
          [
            '"issuer" must be an https: URL (http: only on a loopback address)',
            '"jwksUri" must be an https: URL (http: only on a loopback address)',
            '"introspection.endpoint" must be an absolute URL',
            '"introspection" needs a client_id and a client_secret',
            `"revocation" must be 'introspect', or left out`,
            '"introspectionCacheSeconds" must be between 0 and 60',
            '"cooldownSeconds" must be more than 0',
            '"timeoutSeconds" must be more than 0',
          ].join('; '),
      ),
    );
    expect(() =>
      remoteSource({ issuer: 'https://acme.example', revocation: 'introspect' }),
    ).toThrow('"revocation" needs "introspection"');
  });
});
