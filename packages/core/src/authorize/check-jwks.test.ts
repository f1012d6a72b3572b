import { generateKeyPairSync } from 'node:crypto';
import { privateJwk, problemsOf, publicJwk, withClient } from '../../test/options.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const weakJwk = rsa.publicKey.export({ format: 'jwk' });

const mistakes: [string, unknown, ...string[]][] = [
  [
    'a private key, which is not shown',
    { keys: [privateJwk] },
    'clients[0].jwks.keys[0]: holds a private or secret key. Give only its public members, and replace the key where others saw it.',
  ],
  [
    'a shared key, which is not shown',
    { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] },
    'clients[0].jwks.keys[0]: holds a private or secret key. Give only its public members, and replace the key where others saw it.',
  ],
  [
    'a key for HS256',
    { keys: [{ ...publicJwk, alg: 'HS256' }] },
    'clients[0].jwks.keys[0]: must have the alg ES256, got "HS256".',
  ],
  [
    'a short RSA key',
    { keys: [weakJwk] },
    'clients[0].jwks.keys[0]: must be an RSA key of 2048 bits or more.',
  ],
  ['a key set without keys', { keys: [] }, 'clients[0].jwks.keys: must hold at least one key.'],
  [
    'a kid twice',
    { keys: [publicJwk, publicJwk] },
    'clients[0].jwks.keys[1].kid: is the kid of another key too. Give each its own.',
  ],
  [
    'keys that are a text, which is not shown',
    'PRIVATE',
    'clients[0].jwks: must be an object, got a string of 7 characters. Write it like { keys: … }.',
  ],
];

test.each(mistakes)('reports %s', (_title, jwks, ...problems) => {
  expect(problemsOf(withClient({ jwks, client_secret: undefined }))).toEqual([
    'ERR_OPTIONS_INVALID',
    ...problems,
  ]);
});
