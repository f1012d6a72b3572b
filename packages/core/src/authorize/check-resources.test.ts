import {
  api,
  goodOptions,
  goodSecret,
  privateJwk,
  problemsOf,
  publicJwk,
  withResource,
} from '../../test/options.js';

const mistakes: [string, object, ...string[]][] = [
  [
    'resources as a list',
    { resources: [api] },
    'resources: must be an object, got ["https://acme.example/api"]. Write it like { "https://acme.example/api": { name: …, scopes: … } }.',
  ],
  [
    'a resource that is no URI',
    { resources: { api: { name: 'API', scopes: {} } } },
    'resources.api: must be an absolute URI. Write it like "https://acme.example/api".',
  ],
  [
    'a resource with a fragment',
    { resources: { 'https://a.example/#x': { name: 'API', scopes: {} } } },
    'resources["https://a.example/#x"]: must not have a fragment. Leave out the # and what follows.',
  ],
  [
    'a resource that is no URL, so that its metadata has no place',
    { resources: { 'urn:acme:api': { name: 'API', scopes: {} } } },
    'resources["urn:acme:api"]: must be an https: URL, or http: on a loopback address: its metadata is found there (RFC 9728 §3).',
  ],
  [
    'a resource on plain http',
    { resources: { 'http://api.example/notes': { name: 'API', scopes: {} } } },
    'resources["http://api.example/notes"]: must be an https: URL, or http: on a loopback address: its metadata is found there (RFC 9728 §3).',
  ],
  [
    'a resource with a query and one with a password',
    {
      resources: {
        'https://a.example/?x=1': { name: 'A', scopes: {} },
        'https://a:b@b.example': { name: 'B', scopes: {} },
      },
    },
    'resources["https://a.example/?x=1"]: must not have a query. Leave out the ? and what follows.',
    'resources["https://…@b.example"]: must not hold a user name or password. Leave out what stands before the @.',
  ],
  [
    'a resource with a quote, which no challenge can name',
    { resources: { 'https://a.example/"x': { name: 'API', scopes: {} } } },
    'resources["https://a.example/\\"x"]: must be an absolute URI. Write it like "https://acme.example/api".',
  ],
  [
    'a scope of two resources',
    {
      resources: {
        [api]: { name: 'Notes', scopes: { 'notes:read': 'Read' } },
        'https://b.example': { name: 'B', scopes: { 'notes:read': 'x' } },
      },
    },
    'resources["https://b.example"].scopes["notes:read"]: belongs to "https://acme.example/api" too. Rename one: a scope belongs to one resource.',
  ],
];

test.each(mistakes)('reports %s', (_title, options, ...problems) => {
  expect(problemsOf({ ...goodOptions, ...options })).toEqual(['ERR_OPTIONS_INVALID', ...problems]);
});

const memberMistakes: [string, object, ...string[]][] = [
  ['a resource without a name', { name: '' }, '.name: must be a text on one line, got "".'],
  [
    'scopes as a list',
    { scopes: ['notes:read'] },
    '.scopes: must be an object, got ["notes:read"]. Write it like { "notes:read": "Read your notes" }.',
  ],
  [
    'a scope name with a space',
    { scopes: { 'notes read': 'Read' } },
    '.scopes["notes read"]: is no scope name: use ASCII without spaces, quotes and backslashes.',
  ],
  [
    'an API that declares openid',
    { scopes: { openid: 'Read' } },
    '.scopes.openid: is a scope of OpenID Connect. An API cannot declare it.',
  ],
  [
    'a token format that does not exist',
    { accessToken: { format: 'JWT' } },
    '.accessToken.format: must be jwt or opaque, got "JWT". Did you mean "jwt"?',
  ],
  [
    'a lifetime in milliseconds',
    { accessToken: { lifetimeSeconds: 600_000 } },
    '.accessToken.lifetimeSeconds: must be a whole number of seconds from 1 to 86400, got 600000. If that is milliseconds, write 600.',
  ],
  [
    'a lifetime that is no whole number',
    { accessToken: { lifetimeSeconds: 0.5 } },
    '.accessToken.lifetimeSeconds: must be a whole number of seconds from 1 to 86400, got 0.5.',
  ],
  [
    'a symmetric algorithm',
    { accessToken: { alg: 'HS256' } },
    '.accessToken.alg: must be ES256, RS256, PS256, or EdDSA, got "HS256". Did you mean "ES256"?',
  ],
  [
    'an introspection credential that is two',
    { introspection: { client_id: 'api', client_secret: goodSecret, jwks: { keys: [publicJwk] } } },
    '.introspection: must have either client_secret or jwks, got both.',
  ],
  [
    'an introspection credential that is none',
    { introspection: { client_id: 'api' } },
    '.introspection: must have either client_secret or jwks, got neither.',
  ],
  [
    'an introspection credential that is named like a client',
    { introspection: { client_id: 'web', client_secret: goodSecret } },
    '.introspection.client_id: is the name of clients[0].client_id too, got "web". Give each its own.',
  ],
  [
    'an introspection credential that gives its private key away',
    { introspection: { client_id: 'api', jwks: { keys: [privateJwk] } } },
    '.introspection.jwks.keys[0]: holds a private or secret key. Give only its public members, and replace the key where others saw it.',
  ],
];

test.each(memberMistakes)('reports %s', (_title, resource, ...problems) => {
  expect(problemsOf(withResource(resource))).toEqual([
    'ERR_OPTIONS_INVALID',
    ...problems.map((problem) => `resources["${api}"]${problem}`),
  ]);
});
