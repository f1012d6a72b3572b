import { generateKeyPairSync } from 'node:crypto';
import { api, goodOptions, privateJwk, problemsOf, publicJwk } from '../../test/options.js';
import { checkOptions } from '../check-options.js';

const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  format: 'jwk',
});

const signer = { jwks: { keys: [publicJwk] }, sign: async () => new Uint8Array(64) };

const mistakes: [string, object, ...string[]][] = [
  [
    'a code that lives longer than ten minutes',
    { code: { lifetimeSeconds: 3600 } },
    'code.lifetimeSeconds: must be a whole number of seconds from 1 to 600, got 3600.',
  ],
  [
    'a refresh lifetime in milliseconds',
    { refreshToken: { idleSeconds: 2_592_000_000 } },
    'refreshToken.idleSeconds: must be a whole number of seconds from 1 to 315360000, got 2592000000. If that is milliseconds, write 2592000.',
  ],
  [
    'an idle lifetime beyond the default absolute one',
    { refreshToken: { idleSeconds: 31_536_000 } },
    'refreshToken.idleSeconds: must not be more than absoluteSeconds, which is 15552000, got 31536000.',
  ],
  [
    'a negative replay window',
    { refreshToken: { replayWindowSeconds: -1 } },
    'refreshToken.replayWindowSeconds: must be a whole number of seconds from 0 to 3600, got -1.',
  ],
  [
    'a misspelt replay window',
    { refreshToken: { replayWindowSeconds: { publik: 1 } } },
    'refreshToken.replayWindowSeconds.publik: is not an option. Did you mean "public"?',
  ],
  [
    'a public key alone',
    { keys: { jwks: { keys: [publicJwk] } } },
    'keys.jwks.keys[0]: holds no private key, which is its member d. Give the whole key pair.',
  ],
  [
    'a PEM text, which is not shown',
    { keys: '-----BEGIN PRIVATE KEY-----' },
    'keys: must be an object, got a string of 27 characters. Write it like { jwks: …, signer: …, rotateSeconds: … }.',
  ],
  [
    'a key set one level too high',
    { keys: { keys: [privateJwk] } },
    'keys.keys: is not an option. Known here: jwks, signer, rotateSeconds.',
  ],
  [
    'a key for an algorithm that is not offered',
    { keys: { jwks: { keys: [{ ...privateJwk, alg: 'ES512' }] } } },
    'keys.jwks.keys[0]: must have the alg ES256, got "ES512".',
  ],
  [
    'a private key that belongs to another public one',
    { keys: { jwks: { keys: [{ ...privateJwk, d: other.d }] } } },
    'keys.jwks.keys[0]: is damaged: its private members do not belong to the public ones.',
  ],
  [
    'a resource whose algorithm no key has',
    {
      keys: { jwks: { keys: [privateJwk] } },
      resources: { [api]: { name: 'Notes', scopes: {}, accessToken: { alg: 'RS256' } } },
    },
    'keys.jwks.keys: has no key for RS256, which tokens for "https://acme.example/api" are signed with. Add one, or set accessToken.alg of that resource.',
  ],
  [
    'own keys and a signer',
    { keys: { jwks: { keys: [privateJwk] }, signer } },
    'keys: must have either jwks or signer, got both.',
  ],
  [
    'own keys that shall rotate',
    { keys: { signer, rotateSeconds: 3600 } },
    'keys.rotateSeconds: is for keys that the server makes. Leave it out: keys of your own rotate where you keep them.',
  ],
  [
    'a rotation in milliseconds',
    { keys: { rotateSeconds: 7_776_000_000 } },
    'keys.rotateSeconds: must be a whole number of seconds from 1 to 315360000, got a number. If that is milliseconds, write 7776000.',
  ],
  [
    'a rotation that is switched on',
    { keys: { rotateSeconds: true } },
    'keys.rotateSeconds: must be a whole number of seconds from 1 to 315360000, got a boolean.',
  ],
  [
    'a signer without a function',
    { keys: { signer: { jwks: { keys: [publicJwk] } } } },
    'keys.signer.sign: is missing. It makes a signature: (alg, kid, bytes) => …',
  ],
  [
    'a signer that gives its private key away',
    { keys: { signer: { ...signer, jwks: { keys: [privateJwk] } } } },
    'keys.signer.jwks.keys[0]: holds a private or secret key. Give only its public members, and replace the key where others saw it.',
  ],
  [
    'a resource whose algorithm no key of the signer has',
    {
      keys: { signer },
      resources: { [api]: { name: 'Notes', scopes: {}, accessToken: { alg: 'EdDSA' } } },
    },
    'keys.signer.jwks.keys: has no key for EdDSA, which tokens for "https://acme.example/api" are signed with. Add one, or set accessToken.alg of that resource.',
  ],
  [
    'a kid twice',
    { keys: { jwks: { keys: [privateJwk, privateJwk] } } },
    'keys.jwks.keys[1].kid: is the kid of another key too. Give each its own.',
  ],
];

test.each(mistakes)('reports %s', (_title, options, ...problems) => {
  expect(problemsOf({ ...goodOptions, ...options })).toEqual(['ERR_OPTIONS_INVALID', ...problems]);
});

const withKey = (jwk: object): object => ({ ...goodOptions, keys: { jwks: { keys: [jwk] } } });

test('fills kid and alg of a signing key in', () => {
  const { kid: _kid, ...nameless } = privateJwk;
  const [key] = checkOptions(withKey(nameless), {}).keys.jwks?.keys ?? [];
  expect(key).toEqual({ ...nameless, alg: 'ES256', kid: expect.stringMatching(/^[\w-]{43}$/) });
});

test('takes an Ed25519 and an RSA key', () => {
  const keys = [
    generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
    privateJwk,
  ];
  const resolved = checkOptions({ ...goodOptions, keys: { jwks: { keys } } }, {});
  expect(resolved.keys.jwks?.keys.map(({ alg }) => alg)).toEqual(['EdDSA', 'RS256', 'ES256']);
});

test('reads one replay window as both', () => {
  const refreshToken = { replayWindowSeconds: 0 };
  expect(
    checkOptions({ ...goodOptions, refreshToken }, {}).refreshToken.replayWindowSeconds,
  ).toEqual({ public: 0, confidential: 0 });
});

test('keeps the default of the replay window that is not given', () => {
  const refreshToken = { replayWindowSeconds: { public: 5 } };
  expect(
    checkOptions({ ...goodOptions, refreshToken }, {}).refreshToken.replayWindowSeconds,
  ).toEqual({ public: 5, confidential: 600 });
});

test('rotates every 90 days unless told otherwise', () => {
  expect(checkOptions(goodOptions, {}).keys).toEqual({ rotateSeconds: 7_776_000 });
  const keys = { rotateSeconds: false };
  expect(checkOptions({ ...goodOptions, keys }, {}).keys).toEqual(keys);
});

test('takes public keys and a function of a signer', () => {
  const resolved = checkOptions({ ...goodOptions, keys: { signer } }, {}).keys.signer;
  expect(resolved?.jwks.keys).toEqual([{ ...publicJwk, alg: 'ES256' }]);
  expect(resolved?.sign).toBe(signer.sign);
});
