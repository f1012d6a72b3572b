import {
  accountClaims,
  api,
  issuer,
  now,
  quiet,
  type SigningKey,
  sign,
  signingKey,
} from '../test/issuer.js';
import { createGuard, type GuardOptions, type GuardSource } from './index.js';

const other = 'https://acme.example/other';
const scopes = { 'notes:read': 'Read your notes' };
let key: SigningKey;
beforeAll(async () => {
  key = await signingKey();
});

/** A guard that counts how often it needs a key, which is once per verification. */
function counting(options: Partial<GuardOptions> = {}, source: Partial<GuardSource> = {}) {
  const count = { verified: 0 };
  const guard = createGuard({
    issuer,
    resources: { [api]: { scopes }, [other]: { scopes } },
    logger: quiet,
    source: {
      async key() {
        count.verified += 1;
        return key.publicKey;
      },
      ...source,
    },
    ...options,
  });
  return { count, guard };
}

describe('the memory of verified JWTs', () => {
  it('verifies a token once', async () => {
    const { count, guard } = counting();
    const token = await sign(key);
    const first = await guard.verify(api, token);
    expect(await guard.verify(api, token)).toBe(first);
    expect(count.verified).toBe(1);
  });

  it('does not take a token for one resource to another', async () => {
    const { guard } = counting();
    const token = await sign(key);
    await guard.verify(api, token);
    await expect(guard.verify(other, token)).rejects.toMatchObject({ check: 'audience' });
  });

  it('asks about revocation each time', async () => {
    let revoked = false;
    const asked: unknown[] = [];
    const { count, guard } = counting(
      {},
      {
        revoked: (claims, presented) => {
          asked.push([claims.jti, presented]);
          return revoked;
        },
      },
    );
    const token = await sign(key);
    await guard.verify(api, token);
    revoked = true;
    await expect(guard.verify(api, token)).rejects.toMatchObject({
      check: 'revocation',
      error: 'invalid_token',
    });
    expect(count.verified).toBe(1);
    expect(asked).toEqual(Array(2).fill(['token-1', { token, resource: api }]));
  });

  it('checks what each route needs each time', async () => {
    const { guard } = counting();
    const token = await sign(key, { ...accountClaims(), scope: '' });
    await guard.verify(api, token);
    await expect(guard.verify(api, token, { scope: 'notes:read' })).rejects.toMatchObject({
      error: 'insufficient_scope',
    });
    await expect(guard.verify(api, token, { maxAge: 1 })).rejects.toMatchObject({
      error: 'insufficient_user_authentication',
    });
  });

  it('forgets a token when it expires', async () => {
    let time = now();
    const { guard } = counting({ clock: () => time });
    const token = await sign(key, { ...accountClaims(), exp: time + 10 });
    await guard.verify(api, token);
    time += 14;
    await guard.verify(api, token);
    time += 1;
    await expect(guard.verify(api, token)).rejects.toMatchObject({ check: 'time' });
  });

  it('verifies again after a minute, so that a withdrawn key stops counting', async () => {
    let time = now();
    const keys = [key.publicKey];
    const { guard } = counting({ clock: () => time }, { key: async () => keys[0] });
    const token = await sign(key);
    await guard.verify(api, token);
    keys.pop();
    time += 59;
    await guard.verify(api, token);
    time += 1;
    await expect(guard.verify(api, token)).rejects.toMatchObject({ check: 'signature' });
  });

  it('can be small, or none', async () => {
    const tokens = await Promise.all(
      ['a', 'b', 'c'].map((jti) => sign(key, { ...accountClaims(), jti })),
    );
    for (const [cacheSize, verified] of [
      [2, 6],
      [0, 6],
      [3, 3],
    ] as const) {
      const { count, guard } = counting({ cacheSize });
      for (const token of [...tokens, ...tokens]) await guard.verify(api, token);
      expect(count.verified).toBe(verified);
    }
  });

  it('does not remember what was refused', async () => {
    const { count, guard } = counting();
    const token = await sign(key, { ...accountClaims(), iss: 'https://evil.example' });
    for (let times = 0; times < 2; times += 1) {
      await expect(guard.verify(api, token)).rejects.toMatchObject({ check: 'issuer' });
    }
    expect(count.verified).toBe(2);
  });
});

describe('verify', () => {
  it('carries the whole answer in its error, for any framework', async () => {
    const { guard } = counting();
    const metadata =
      'resource_metadata="https://acme.example/.well-known/oauth-protected-resource/api"';
    await expect(guard.verify(api, undefined, { scope: 'notes:read' })).rejects.toMatchObject({
      name: 'GuardError',
      error: undefined,
      status: 401,
      body: undefined,
      headers: {
        'Cache-Control': 'no-store',
        'WWW-Authenticate': `Bearer scope="notes:read", ${metadata}`,
      },
    });
    await expect(guard.verify(api, 'opaque')).rejects.toMatchObject({
      error: 'invalid_token',
      status: 401,
      body: {
        error: 'invalid_token',
        error_description: 'the token is malformed, unknown or no longer active',
      },
    });
  });

  it.each(['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519'])(
    'takes tokens signed with %s',
    async (alg) => {
      const signer = await signingKey(alg);
      const { guard } = counting({}, { key: async () => signer.publicKey });
      expect(await guard.verify(api, await sign(signer))).toMatchObject({ accountId: 'account-1' });
    },
  );
});
