import {
  type CryptoKey,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
} from 'jose';
import { browserAgent } from '../browser-agent.js';
import { api, startHost, type TestHost } from '../host.js';
import { openApi } from '../machine-client.js';
import { call, logIn, refresh } from '../oauth-client.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

/** The key that the issuer publishes for a token. */
async function publishedKey(on: TestHost, token: string): Promise<CryptoKey> {
  const response = await fetch(`${on.origin}${on.mount}/jwks`);
  const { keys } = (await response.json()) as { keys: JWK[] };
  const { kid, alg } = decodeProtectedHeader(token);
  const found = keys.find((key) => key.kid === kid);
  if (!found) throw new Error('the key is not published');
  expect(found).not.toHaveProperty('d');
  return (await importJWK(found, alg)) as CryptoKey;
}

describe('a JWT access token (RFC 9068)', () => {
  it('has the header and the claims that the RFC asks, signed by the published key, and no personal claim', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { access_token } = await logIn(host, 'web');
    const { payload, protectedHeader } = await jwtVerify(
      access_token,
      await publishedKey(host, access_token),
      {
        issuer: host.issuer,
        audience: api,
        typ: 'at+jwt',
      },
    );
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(Object.keys(payload).sort()).toEqual([
      ...['amr', 'aud', 'auth_time', 'client_id', 'exp', 'grant_id', 'iat', 'iss', 'jti', 'scope'],
      ...['sub', 'sub_type'],
    ]);
    expect(payload).toMatchObject({
      iss: host.issuer,
      sub: 'ada',
      aud: api,
      client_id: 'web',
      scope: 'notes:read',
      sub_type: 'account',
      amr: ['pwd'],
    });
    const { iat = 0, exp = 0, auth_time, jti } = payload;
    expect(exp - iat).toBe(600);
    expect(iat).toBeGreaterThanOrEqual(before);
    expect(Number.isInteger(auth_time)).toBe(true);
    expect(auth_time).toBeGreaterThanOrEqual(before);
    expect(jti).toMatch(/^[A-Za-z0-9_-]{20,}$/);
  });

  it('keeps auth_time and grant over refreshes, and never its jti', async () => {
    const { access_token, refresh_token } = await logIn(host, 'web');
    const { body } = await refresh(host, 'web', refresh_token);
    const claims = async (token: string): Promise<Record<string, unknown>> =>
      (await jwtVerify(token, await publishedKey(host, token))).payload;
    const [first, second] = [await claims(access_token), await claims(String(body.access_token))];
    for (const name of ['auth_time', 'grant_id', 'sub', 'scope', 'aud', 'amr']) {
      expect(second[name]).toEqual(first[name]);
    }
    expect(second.jti).not.toBe(first.jti);
  });

  it('of one browser and client is of one grant; of another browser, of another', async () => {
    const agent = browserAgent(host.origin);
    const grantOf = async (own = agent): Promise<unknown> => {
      const { access_token } = await logIn(host, 'web', { agent: own });
      return (await jwtVerify(access_token, await publishedKey(host, access_token))).payload
        .grant_id;
    };
    const first = await grantOf();
    expect(await grantOf()).toBe(first);
    expect(await grantOf(browserAgent(host.origin))).not.toBe(first);
  });

  it('has the same issuer and keys whatever Host and X-Forwarded headers say', async () => {
    const headers = {
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'https',
      'forwarded': 'host=evil.test',
    };
    const fields = { grant_type: 'client_credentials', scope: 'notes:read' };
    const { body } = await call(host, '/token', 'machine', fields, headers);
    const token = String(body.access_token);
    const { payload } = await jwtVerify(token, await publishedKey(host, token));
    expect(payload.iss).toBe(host.issuer);
  });

  it('is signed with the keys of the options, by the algorithm of the resource', async () => {
    for (const alg of ['RS256', 'PS256', 'EdDSA', 'ES256'] as const) {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      const jwk = { ...(await exportJWK(privateKey)), kid: `own-${alg}`, alg, use: 'sig' } as const;
      const keys = [jwk];
      const own = await startHost({
        keys: { jwks: { keys } },
        resources: {
          [api]: {
            name: 'Notes',
            scopes: { 'notes:read': 'Read', 'notes:write': 'Write' },
            accessToken: { alg, lifetimeSeconds: 120 },
          },
          'https://api.test/ledger': {
            name: 'Ledger',
            scopes: { 'ledger:read': 'See' },
            accessToken: { format: 'opaque' },
          },
        },
      } as Parameters<typeof startHost>[0]);
      try {
        const { access_token, expires_in } = await logIn(own, 'web');
        expect(expires_in).toBe(120);
        expect(decodeProtectedHeader(access_token)).toMatchObject({ alg, kid: `own-${alg}` });
        await jwtVerify(access_token, await publishedKey(own, access_token), { algorithms: [alg] });
        expect((await openApi(own, '/api/notes', access_token)).status).toBe(200);
      } finally {
        await own.close();
      }
    }
  });
});
