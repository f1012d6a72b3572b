import { createHash } from 'node:crypto';
import { browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { basic, introspect, openApi, secretOf, send, until } from '../machine-client.js';
import {
  authorizationUrl,
  authorize,
  codeOf,
  logIn,
  redeem,
  refresh,
  takeCode,
} from '../oauth-client.js';
import { goHome, travel } from '../travel.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterEach(goHome);
afterAll(() => host.close());

const invalidGrant = { error: 'invalid_grant', error_description: 'grant request is invalid' };

describe('the token endpoint, for an authorization code', () => {
  it('answers invalid_grant when the code was already redeemed, and revokes its tokens', async () => {
    const { code, verifier } = await takeCode(host, 'web', { params: { scope: 'ledger:read' } });
    const { body: tokens } = await redeem(host, 'web', code, verifier);
    const opaque = String(tokens.access_token);
    expect((await openApi(host, '/api/ledger', opaque)).status).toBe(200);

    const again = await redeem(host, 'web', code, verifier);
    expect(again).toMatchObject({ status: 400, body: invalidGrant });
    expect((await openApi(host, '/api/ledger', opaque)).status).toBe(401);
    expect((await introspect(host, opaque)).body).toEqual({ active: false });
    expect((await refresh(host, 'web', String(tokens.refresh_token))).body).toEqual(invalidGrant);
    expect(host.log).toContainEqual(expect.objectContaining({ message: 'code.replayed' }));
  });

  it('ends a JWT of a replayed code within two seconds in the guard, and at once at introspection', async () => {
    const { code, verifier } = await takeCode(host, 'web');
    const { body: tokens } = await redeem(host, 'web', code, verifier);
    const jwt = String(tokens.access_token);
    expect((await openApi(host, '/api/notes', jwt)).status).toBe(200);

    await redeem(host, 'web', code, verifier);
    expect((await introspect(host, jwt)).body).toEqual({ active: false });
    const dead = await until(
      () => openApi(host, '/api/notes', jwt),
      ({ status }) => status === 401,
      2000,
    );
    expect(dead.challenge).toContain('error="invalid_token"');
  });

  it.each<[string, (verifier: string, challenge: string) => string | undefined, string]>([
    ['is missing', () => undefined, 'code_verifier is missing'],
    ['is empty', () => '', 'code_verifier is missing'],
    ['is wrong', () => pkce().verifier, 'code_verifier belongs to another code_challenge'],
    ['is the challenge, the plain method', (_verifier, challenge) => challenge, 'plain method'],
  ])(
    'answers invalid_grant when the code_verifier %s, and says why in the log only',
    async (_what, change, why) => {
      const { code, verifier, challenge } = await takeCode(host, 'web');
      const code_verifier = change(verifier, challenge);
      host.log.length = 0;
      const answer = await send(
        host,
        '/token',
        {
          grant_type: 'authorization_code',
          code,
          redirect_uri: 'https://web.test/cb',
          ...(code_verifier === undefined ? {} : { code_verifier }),
        },
        { authorization: basic('web', secretOf('web')) },
      );
      expect(answer).toMatchObject({ status: 400, body: invalidGrant });
      const refused = host.log.find(({ message }) => message === 'token.refused');
      expect(refused?.context).toMatchObject({ clientId: 'web', error: 'invalid_grant' });
      expect(refused?.context).toHaveProperty('detail', expect.stringContaining(why));
      for (const value of [verifier, challenge, code, code_verifier]) {
        if (value) expect(JSON.stringify(host.log)).not.toContain(value);
      }
      // A mistake of the client's is not a use of the code.
      expect((await redeem(host, 'web', code, verifier)).status).toBe(200);
    },
  );

  it.each([
    ['the hex text of the hash', (hash: Buffer) => hash.toString('hex')],
    ['its base64url', (hash: Buffer) => Buffer.from(hash.toString('hex')).toString('base64url')],
  ])('explains a code_challenge that is %s', async (_what, make) => {
    const { verifier } = pkce();
    const challenge = make(createHash('sha256').update(verifier).digest());
    const url = authorizationUrl(host, 'web', challenge);
    const code = codeOf(await authorize(browserAgent(host.origin), url));
    host.log.length = 0;
    expect((await redeem(host, 'web', code, verifier)).body).toEqual(invalidGrant);
    expect(JSON.stringify(host.log)).toContain('hex text of the hash');
  });

  it('explains a code_challenge with padding already at the authorization endpoint', async () => {
    const challenge = `${pkce().challenge}=`;
    host.log.length = 0;
    const back = await browserAgent(host.origin).get(authorizationUrl(host, 'web', challenge));
    expect(new URL(back.location ?? '').searchParams.get('error')).toBe('invalid_request');
    expect(JSON.stringify(host.log)).toContain('base64url without padding');
    expect(JSON.stringify(host.log)).not.toContain(challenge);
  });

  it.each([
    ['42 characters', 'a'.repeat(42)],
    ['129 characters', 'a'.repeat(129)],
    ['a character that RFC 7636 does not allow', `${'a'.repeat(43)}%`],
    ['a NUL', `${'a'.repeat(43)}\0`],
  ])('answers invalid_request for a code_verifier of %s', async (_what, verifier) => {
    const { code } = await takeCode(host, 'web');
    const { status, body } = await redeem(host, 'web', code, verifier);
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    expect(JSON.stringify(body)).not.toContain(verifier);
  });

  it('answers invalid_grant for the verifier of another code', async () => {
    const [one, other] = [await takeCode(host, 'web'), await takeCode(host, 'web')];
    expect((await redeem(host, 'web', one.code, other.verifier)).body).toEqual(invalidGrant);
  });

  it.each([
    ['another one', 'https://web.test/other'],
    ['one with a slash more', 'https://web.test/cb/'],
    ['one in another case', 'https://WEB.test/cb'],
    ['one with a query', 'https://web.test/cb?'],
  ])(
    'answers invalid_grant when redirect_uri is %s than at the authorization endpoint',
    async (_what, redirect_uri) => {
      const { code, verifier } = await takeCode(host, 'web');
      const { body } = await redeem(host, 'web', code, verifier, { redirect_uri });
      expect(body).toEqual(invalidGrant);
    },
  );

  it('answers invalid_grant for a code of another client, which does not spend it', async () => {
    const { code, verifier } = await takeCode(host, 'web');
    const stolen = await redeem(host, 'partner', code, verifier, {
      redirect_uri: 'https://web.test/cb',
    });
    expect(stolen).toMatchObject({ status: 400, body: invalidGrant });
    expect((await redeem(host, 'web', code, verifier)).status).toBe(200);
  });

  it('answers invalid_grant for a code that expired', async () => {
    const { code, verifier } = await takeCode(host, 'web');
    travel(59);
    const { code: later, verifier: laterVerifier } = await takeCode(host, 'web');
    travel(2);
    expect((await redeem(host, 'web', code, verifier)).body).toEqual(invalidGrant);
    expect((await redeem(host, 'web', later, laterVerifier)).status).toBe(200);
  });

  it('answers invalid_grant for a code whose grant was revoked', async () => {
    const { code, verifier } = await takeCode(host, 'web');
    await host.auth.revoke({ accountId: 'ada' });
    expect((await redeem(host, 'web', code, verifier)).body).toEqual(invalidGrant);
  });

  it.each([
    ['was deactivated', { active: false }],
    ['made its logins void', { validFrom: Math.floor(Date.now() / 1000) + 60 }],
  ])('answers invalid_grant when the account %s since the login', async (_what, change) => {
    const bob = host.people.get('bob');
    if (!bob) throw new Error('bob is gone');
    const person = { identifier: 'bob', password: 'bob-pw' };
    const { code, verifier } = await takeCode(host, 'web', { person });
    host.people.set('bob', { ...bob, ...change });
    expect((await redeem(host, 'web', code, verifier)).body).toEqual(invalidGrant);
    host.people.set('bob', bob);
  });

  it.each([
    ['invalid_grant', 'that nobody has', 'a-code-that-nobody-has'],
    ['invalid_grant', 'that looks like a handle', '~handle'],
    ['invalid_grant', 'called __proto__', '__proto__'],
    ['invalid_grant', 'of 50 kB', 'x'.repeat(50_000)],
    ['invalid_grant', 'of a NUL', '\0'],
    ['invalid_request', 'that is empty', ''],
  ])('answers %s for a code %s', async (error, _what, code) => {
    const { status, body } = await redeem(host, 'web', code, pkce().verifier);
    expect([status, body.error]).toEqual([400, error]);
  });
});

describe('the token endpoint', () => {
  it('says no-store, grants exactly what the person allowed, and echoes it', async () => {
    const { code, verifier } = await takeCode(host, 'web', {
      params: { scope: 'notes:write notes:read' },
    });
    const { headers, body } = await redeem(host, 'web', code, verifier);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(String(body.scope).split(' ').sort()).toEqual(['notes:read', 'notes:write']);
    for (const name of ['access_token', 'refresh_token']) {
      expect(body[name]).toMatch(/^[A-Za-z0-9_.-]{43,}$/);
    }
    expect(body).not.toHaveProperty('id_token');
  });

  it.each([
    ['unsupported_grant_type', 'password'],
    ['unsupported_grant_type', 'implicit'],
    ['unsupported_grant_type', '__proto__'],
    ['unsupported_grant_type', 'constructor'],
    ['unsupported_grant_type', 'urn:ietf:params:oauth:grant-type:device_code'],
    ['unauthorized_client', 'client_credentials'],
    ['invalid_request', ''],
  ])('answers %s for grant_type %j', async (error, grant_type) => {
    const headers = { authorization: basic('web', secretOf('web')) };
    const { status, body } = await send(host, '/token', { grant_type }, headers);
    expect([status, body.error]).toEqual([400, error]);
  });

  it('gives no refresh token to a client without that grant type', async () => {
    const own = await startHost({
      clients: [
        {
          client_id: 'spa',
          token_endpoint_auth_method: 'none',
          redirect_uris: ['https://spa.test/cb'],
          grant_types: ['authorization_code'],
          firstParty: true,
        },
      ],
    });
    try {
      expect(await logIn(own, 'spa')).not.toHaveProperty('refresh_token');
    } finally {
      await own.close();
    }
  });
});
