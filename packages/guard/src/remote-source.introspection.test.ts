import { introspectionPath, type IssuerServer, issuerServer, json } from '../test/issuer-server.js';
import { api, sign } from '../test/issuer.js';
import { controlMonotonicClock } from '../test/monotonic-clock.js';
import { claimsOf, first, guardOf, outcome, second } from '../test/remote-guard.js';

const credential = { client_id: 'notes-api', client_secret: 'a secret of thirty-two characters' };

const clock = controlMonotonicClock();
let server: IssuerServer;
beforeEach(async () => {
  server = await issuerServer(first);
});
afterEach(() => server.close());

describe('introspection at a remote issuer', () => {
  const active = (change: Record<string, unknown> = {}) => ({
    ...claimsOf(server),
    active: true,
    token_type: 'Bearer',
    ...change,
  });

  it('asks with the credential of the resource, form-encoded as RFC 6749 §2.3.1 says', async () => {
    const odd = { client_id: 'notes api:1', client_secret: 'ü%&+:/ =' };
    server.introspection = () => active();
    expect(await outcome(guardOf(server, { introspection: odd }), 'op+que/1==')).toBe('passed');
    const [{ authorization = '', body } = { body: '' }] = server.introspected;
    expect(body).toBe('token=op%2Bque%2F1%3D%3D&token_type_hint=access_token');
    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe(
      'notes+api%3A1:%C3%BC%25%26%2B%3A%2F+%3D',
    );
  });

  it('asks where it is told', async () => {
    server.introspection = () => active();
    const endpoint = `${server.url}${introspectionPath}`;
    await outcome(guardOf(server, { introspection: { ...credential, endpoint } }), 'opaque');
    expect(server.asked).toEqual([introspectionPath]);
  });

  it('asks once for all who wait, and believes a good answer for a moment', async () => {
    server.introspection = () => active();
    const guard = guardOf(server, { introspection: credential });
    const ask = (): Promise<string> => outcome(guard, 'opaque');
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill('passed'));
    expect(await ask()).toBe('passed');
    expect(server.introspected).toHaveLength(1);
    server.introspection = () => ({ active: false });
    clock.advance(5);
    expect(await ask()).toBe('401 readable');
  });

  it('asks each time when told so, and always after a refusal', async () => {
    const guard = guardOf(server, { introspection: credential, introspectionCacheSeconds: 0 });
    expect(await outcome(guard, 'opaque')).toBe('401 readable');
    server.introspection = () => active();
    for (let times = 0; times < 2; times += 1)
      expect(await outcome(guard, 'opaque')).toBe('passed');
    expect(server.introspected).toHaveLength(3);
  });

  it('does not believe an answer past the expiry of the token', async () => {
    server.introspection = () => active({ exp: Date.now() / 1000 + 20 });
    const guard = guardOf(server, { introspection: credential, introspectionCacheSeconds: 60 });
    expect(await outcome(guard, 'opaque')).toBe('passed');
    clock.advance(20);
    await outcome(guard, 'opaque');
    expect(server.introspected).toHaveLength(2);
  });

  it('keeps answers about different tokens apart', async () => {
    server.introspection = (token) => active({ sub: `owner of ${token}` });
    const guard = guardOf(server, { introspection: credential });
    const [a, b] = await Promise.all(['a', 'b'].map((token) => guard.verify(api, token)));
    expect([a?.claims.sub, b?.claims.sub]).toEqual(['owner of a', 'owner of b']);
  });

  it.each([401, 403, 429, 500])('answers 503 when the issuer answers %i', async (status) => {
    server.replies.set(introspectionPath, json({ error: 'invalid_client' }, status));
    expect(await outcome(guardOf(server, { introspection: credential }), 'opaque')).toBe(
      '503 source',
    );
  });

  it('is not there without a credential: opaque tokens are refused unasked', async () => {
    expect(await outcome(guardOf(server), 'opaque')).toBe('401 readable');
    expect(server.asked).toEqual([]);
  });

  it('tells that a JWT was revoked, where that is asked for', async () => {
    const token = await sign(first, claimsOf(server));
    const options = { introspection: credential, introspectionCacheSeconds: 0 } as const;
    const strict = guardOf(server, { ...options, revocation: 'introspect' });
    server.introspection = () => active();
    expect(await outcome(strict, token)).toBe('passed');
    server.introspection = () => ({ active: false });
    expect(await outcome(strict, token)).toBe('401 revocation');
    expect(await outcome(guardOf(server, options), token)).toBe('passed');
    const stranger = await sign(second, claimsOf(server));
    server.introspected.length = 0;
    expect(await outcome(strict, stranger)).toBe('401 signature');
    expect(server.introspected).toEqual([]);
  });
});
