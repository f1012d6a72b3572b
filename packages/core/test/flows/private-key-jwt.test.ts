import { generateSecret, SignJWT, UnsecuredJWT } from 'jose';
import {
  assertion,
  assertionClaims,
  clientKey,
  robotAssertion,
  type RobotHost,
  sendAsserted,
  startRobot,
} from '../assertion.js';
import { startHost } from '../host.js';
import type { Answer } from '../oauth-client.js';

let host: RobotHost;
beforeAll(async () => {
  host = await startRobot();
});
afterAll(() => host.close());

const machine = { grant_type: 'client_credentials', scope: 'notes:read' };
const now = (): number => Math.floor(Date.now() / 1000);

let addresses = 0;
async function present(
  client_assertion: string,
  fields: Record<string, string> = machine,
): Promise<Answer> {
  addresses += 1;
  const headers = { 'x-forwarded-for': `192.0.2.${addresses}` };
  return sendAsserted(host, '/token', client_assertion, fields, headers);
}

describe('private_key_jwt', () => {
  it.each([
    ['the issuer', (issuer: string) => issuer],
    ['the token endpoint', (issuer: string) => `${issuer}/token`],
  ])('accepts an assertion for %s', async (_what, audience) => {
    const claims = assertionClaims(host, 'robot', { aud: audience(host.issuer) });
    const { status, body } = await present(await assertion(host.key, claims));
    expect([status, body.scope]).toEqual([200, 'notes:read']);
  });

  it.each(['RS256', 'PS256', 'EdDSA'])(
    'accepts an assertion signed with %s [core-9-private-key-jwt]',
    async (alg) => {
      const robot = await startRobot({}, await clientKey(alg));
      try {
        const client_assertion = await robotAssertion(robot);
        const { status } = await sendAsserted(robot, '/token', client_assertion, machine);
        expect(status).toBe(200);
      } finally {
        await robot.close();
      }
    },
  );

  it('authenticates at introspection and revocation too', async () => {
    const token = String((await present(await robotAssertion(host))).body.access_token);
    const asked = await sendAsserted(host, '/introspect', await robotAssertion(host), { token });
    expect(asked.body).toMatchObject({ active: true, client_id: 'robot' });
    const revoked = await sendAsserted(host, '/revoke', await robotAssertion(host), { token });
    expect(revoked.status).toBe(200);
  });

  it.each<[string, (issuer: string) => Record<string, unknown>]>([
    ['a list of audiences', (issuer) => ({ aud: [issuer, 'https://other.test'] })],
    ['a list of one audience', (issuer) => ({ aud: [issuer] })],
    ['another audience', () => ({ aud: 'https://other.test' })],
    ['an audience that is longer by a slash', (issuer) => ({ aud: `${issuer}/` })],
    ['the endpoint of something else as audience', (issuer) => ({ aud: `${issuer}/introspect` })],
    ['no audience', () => ({ aud: undefined })],
    ['no exp', () => ({ exp: undefined })],
    ['an exp in the past', () => ({ exp: now() - 60 })],
    ['an exp more than ten minutes ahead', () => ({ exp: now() + 700 })],
    ['an exp that is no number', () => ({ exp: String(now() + 60) })],
    ['an iat in the future', () => ({ iat: now() + 120 })],
    ['an nbf in the future', () => ({ nbf: now() + 120 })],
    ['no jti', () => ({ jti: undefined })],
    ['an empty jti', () => ({ jti: '' })],
    ['no iss', () => ({ iss: undefined })],
    ['another iss', () => ({ iss: 'other' })],
    ['no sub', () => ({ sub: undefined })],
    ['the sub of another client', () => ({ sub: 'other' })],
    ['an unknown client', () => ({ iss: 'nobody', sub: 'nobody' })],
  ])('answers invalid_client for an assertion with %s', async (_what, change) => {
    const claims = assertionClaims(host, 'robot', change(host.issuer));
    const { status, body } = await present(await assertion(host.key, claims));
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it.each<[string, (claims: Record<string, unknown>) => Promise<string> | string]>([
    ['signed with another key', async (claims) => assertion(await clientKey(), claims)],
    ['without a signature', (claims) => new UnsecuredJWT(claims).encode()],
    [
      'signed with HS256 and the public key',
      async (claims) => {
        const secret = new TextEncoder().encode(JSON.stringify(host.key.jwks.keys[0]));
        return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);
      },
    ],
    [
      'signed with HS256',
      async (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .sign(await generateSecret('HS256')),
    ],
    [
      'whose claims were changed',
      async (claims) => {
        const [header, , signature] = (await assertion(host.key, claims)).split('.');
        const changed = Buffer.from(JSON.stringify({ ...claims, exp: now() + 500 })).toString(
          'base64url',
        );
        return [header, changed, signature].join('.');
      },
    ],
    [
      'whose signature was cut',
      async (claims) => (await assertion(host.key, claims)).slice(0, -10),
    ],
  ])('answers invalid_client for an assertion %s', async (_what, make) => {
    const { status, body } = await present(await make(assertionClaims(host, 'robot')));
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it.each([
    ['no JWT', 'no-jwt'],
    ['three empty parts', '..'],
    ['JSON that is no object', `e30.${Buffer.from('[]').toString('base64url')}.x`],
    ['a null', `e30.${Buffer.from('null').toString('base64url')}.x`],
    ['50 kB', `${'e'.repeat(50_000)}.e30.x`],
  ])('refuses an assertion that is %s', async (_what, value) => {
    const { status, body } = await present(value);
    expect(['invalid_request', 'invalid_client']).toContain(body.error);
    expect(status).toBe(body.error === 'invalid_client' ? 401 : 400);
  });

  it('refuses an assertion beside another credential, of another type, or with another client_id', async () => {
    const make = (): Promise<string> => robotAssertion(host);
    const others = [{ client_secret: 'x' }, { client_assertion_type: 'x' }, { client_id: 'other' }];
    for (const more of others) {
      const { status, body } = await present(await make(), { ...machine, ...more });
      expect([status, body.error]).toEqual([400, 'invalid_request']);
    }
  });

  it('answers invalid_client to a client that registered a secret', async () => {
    const web = await startHost();
    try {
      const client_assertion = await assertion(host.key, assertionClaims(web, 'web'));
      const { status, body } = await sendAsserted(web, '/token', client_assertion, machine);
      expect([status, body.error]).toEqual([401, 'invalid_client']);
    } finally {
      await web.close();
    }
  });
});
