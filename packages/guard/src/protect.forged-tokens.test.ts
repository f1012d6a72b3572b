import { createHmac, KeyObject } from 'node:crypto';
import { exportSPKI } from 'jose';
import { accountClaims, forge, type SigningKey, sign, signingKey } from '../test/issuer.js';
import { key, refusal, rsa } from '../test/knowing-guard.js';

let stranger: SigningKey;
beforeAll(async () => {
  stranger = await signingKey('ES256', 'ES256-1');
});

describe('hostile tokens', () => {
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
});
