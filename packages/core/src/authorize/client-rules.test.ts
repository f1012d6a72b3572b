import { problemsOf, publicJwk, withClient } from '../../test/options.js';

const mistakes: [string, object, ...string[]][] = [
  [
    'a client that does not say how it authenticates',
    { client_secret: undefined },
    ": has no credential. If it runs on a server, give it a client_secret of 32 random characters or more (is its environment variable set?), or jwks. If it runs in a browser or on a device, write token_endpoint_auth_method: 'none'.",
  ],
  [
    'a public client with a secret',
    { token_endpoint_auth_method: 'none' },
    ".client_secret: must not be there, since token_endpoint_auth_method: 'none' says that it can keep no secret. Remove one of the two.",
  ],
  [
    'a public client with keys',
    { token_endpoint_auth_method: 'none', jwks: { keys: [publicJwk] }, client_secret: undefined },
    ".jwks: must not be there, since token_endpoint_auth_method: 'none' says that it can keep no key. Remove one of the two.",
  ],
  [
    'a client with two credentials',
    { jwks: { keys: [publicJwk] } },
    ': has both client_secret and jwks. Remove the one that it does not use, or name the request_object_signing_alg if it signs requests with the key.',
  ],
  [
    'private_key_jwt without keys',
    { token_endpoint_auth_method: 'private_key_jwt', client_secret: undefined },
    '.jwks: is missing. private_key_jwt needs the public keys of the client.',
  ],
  [
    'client_secret_post without a secret',
    { token_endpoint_auth_method: 'client_secret_post', client_secret: undefined },
    '.client_secret: is missing. client_secret_post needs it. Is its environment variable set?',
  ],
  [
    'no grant type',
    { grant_types: [] },
    '.grant_types: must hold at least one. Leave it out for the default.',
  ],
  [
    'refresh_token alone',
    { grant_types: ['refresh_token'] },
    '.grant_types: has refresh_token without authorization_code, which is where refresh tokens come from. Add that, or remove it.',
  ],
  [
    'client_credentials without a credential',
    {
      grant_types: ['authorization_code', 'client_credentials'],
      token_endpoint_auth_method: 'none',
      scope: 'notes:read',
      client_secret: undefined,
    },
    '.grant_types: has client_credentials, which needs a client_secret or jwks. Remove it, or give the client a credential.',
  ],
  [
    'a public client without a redirect URI',
    { token_endpoint_auth_method: 'none', client_secret: undefined, redirect_uris: undefined },
    '.redirect_uris: is missing. A client that people log in to needs one at least, where the browser comes back.',
  ],
  [
    'authorization_code without a redirect URI',
    { grant_types: ['authorization_code'], redirect_uris: undefined },
    '.redirect_uris: is missing. A client that people log in to needs one at least, where the browser comes back.',
  ],
  [
    'a machine client without scope',
    { redirect_uris: undefined },
    '.scope: is missing. A client that acts for itself gets only what it names. Write those that it needs, of: notes:read.',
  ],
  [
    'a client of others without scope',
    { firstParty: undefined },
    '.scope: is missing. A client gets only what it names. Write those that it needs, of: notes:read, or firstParty: true if it is your own.',
  ],
  [
    'a web client with a private-use scheme',
    { application_type: 'web', redirect_uris: ['com.example.app:/cb'] },
    '.application_type: must be native, since a redirect URI has a private-use scheme. Remove it.',
  ],
  [
    'a native client with https: on localhost',
    { redirect_uris: ['com.example.app:/cb', 'https://localhost/cb'] },
    '.redirect_uris: must be https: on another host, or http: on localhost, 127.0.0.1 or [::1], since the client is native.',
  ],
  [
    'a public client that does not rotate',
    { rotate: false, token_endpoint_auth_method: 'none', client_secret: undefined },
    '.rotate: must not be false: refresh tokens of a public client always rotate. Remove it.',
  ],
];

test.each(mistakes)('reports %s', (_title, client, ...problems) => {
  expect(problemsOf(withClient(client))).toEqual([
    'ERR_OPTIONS_INVALID',
    ...problems.map((problem) => `clients[0]${problem}`),
  ]);
});
