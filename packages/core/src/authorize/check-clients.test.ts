import {
  goodOptions,
  problemsOf,
  publicJwk,
  resolveClient,
  webClient,
} from '../../test/options.js';
import { checkOptions } from '../check-options.js';

const mistakes: [string, object, ...string[]][] = [
  [
    'clients by their names',
    { clients: {} },
    'clients: must be an array, got {}. Write it like [{ client_id: …, … }], or [] for none.',
  ],
  [
    'one grant type without its list',
    { clients: [{ ...webClient, grant_types: 'authorization_code' }] },
    'clients[0].grant_types: must be an array, got "authorization_code". Write it like [\'authorization_code\'].',
  ],
  [
    'clients that are no list',
    { clients: 'web' },
    'clients: must be an array, got "web". Write it like [{ client_id: …, … }], or [] for none.',
  ],
  [
    'a client that is no object',
    { clients: ['web'] },
    'clients[0]: must be an object, got "web". Write it like { client_id: …, … }.',
  ],
  [
    'a client_id beyond ASCII',
    { clients: [{ ...webClient, client_id: 'wéb' }] },
    'clients[0].client_id: must be 1 to 255 ASCII characters, got "wéb".',
  ],
  [
    'a client_id twice',
    { clients: [webClient, webClient] },
    'clients[1].client_id: is the name of clients[0].client_id too, got "web". Give each its own.',
  ],
  [
    'a member in camel case',
    { clients: [{ ...webClient, clientName: 'x' }] },
    'clients[0].clientName: is not an option. Did you mean "client_name"?',
  ],
  [
    'a client whose secret is empty',
    { clients: [{ ...webClient, client_secret: '' }] },
    'clients[0].client_secret: must be a text of ASCII characters, got a string of 0 characters. Is its environment variable set?',
  ],
  [
    'an authentication method with a shared key',
    { clients: [{ ...webClient, token_endpoint_auth_method: 'client_secret_jwt' }] },
    'clients[0].token_endpoint_auth_method: must be none, client_secret_basic, client_secret_post, or private_key_jwt, got "client_secret_jwt". Did you mean "client_secret_post"?',
  ],
  [
    'a grant type that does not exist',
    { clients: [{ ...webClient, grant_types: ['password'] }] },
    'clients[0].grant_types[0]: must be authorization_code, refresh_token, or client_credentials, got "password".',
  ],
  [
    'scope as a list',
    { clients: [{ ...webClient, scope: ['notes:read'] }] },
    'clients[0].scope: must be scope names with one space between, got ["notes:read"]. Write it like "notes:read notes:write".',
  ],
  [
    'scope with two spaces',
    { clients: [{ ...webClient, scope: 'notes:read  notes:write' }] },
    'clients[0].scope: must be scope names with one space between, got "notes:read  notes:write". Write it like "notes:read notes:write".',
  ],
  [
    'an application type that does not exist',
    { clients: [{ ...webClient, application_type: 'desktop' }] },
    'clients[0].application_type: must be web or native, got "desktop".',
  ],
  [
    'a logo over http:',
    { clients: [{ ...webClient, logo_uri: 'http://acme.example/logo.png' }] },
    'clients[0].logo_uri: must be an https: URL, got "http://acme.example/logo.png".',
  ],
  [
    'firstParty that is no boolean',
    { clients: [{ ...webClient, firstParty: 'yes' }] },
    'clients[0].firstParty: must be true or false, got "yes".',
  ],
];

test.each(mistakes)('reports %s', (_title, options, ...problems) => {
  expect(problemsOf({ ...goodOptions, ...options })).toEqual(['ERR_OPTIONS_INVALID', ...problems]);
});

test('fills the defaults of a client that people log in to in', () => {
  expect(resolveClient({})).toEqual({
    ...webClient,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'notes:read',
    everyScope: true,
    application_type: 'web',
    rotate: true,
  });
});

test('fills the defaults of a machine client in', () => {
  const client = { client_id: 'job', jwks: { keys: [publicJwk] }, scope: 'notes:read' };
  expect(checkOptions({ ...goodOptions, clients: [client] }, {}).clients).toEqual([
    {
      ...client,
      token_endpoint_auth_method: 'private_key_jwt',
      redirect_uris: [],
      grant_types: ['client_credentials'],
      application_type: 'web',
      firstParty: false,
      rotate: true,
    },
  ]);
});

const anyone = { token_endpoint_auth_method: 'none', client_secret: undefined };

test.each([
  ['a private-use scheme', 'native', { redirect_uris: ['com.example.app:/cb'] }],
  ['a public client on an IP literal', 'native', { ...anyone, redirect_uris: ['http://[::1]/cb'] }],
  ['a public client on localhost', 'web', { ...anyone, redirect_uris: ['http://localhost/cb'] }],
  ['a confidential client on an IP literal', 'web', { redirect_uris: ['http://127.0.0.1/cb'] }],
  ['what it says', 'native', { application_type: 'native' }],
])('by %s the application type is %s', (_title, type, client) => {
  expect(resolveClient(client)?.application_type).toBe(type);
});

test('says a scope that was named twice once', () => {
  expect(resolveClient({ scope: 'notes:read notes:read' })?.scope).toBe('notes:read');
});

test('reports a wrong member alone, and not what would follow from it', () => {
  const client = { redirect_uris: ['/cb'], client_secret: 7, scope: ['x'] };
  expect(problemsOf({ ...goodOptions, clients: [{ client_id: 'web', ...client }] })).toEqual([
    'ERR_OPTIONS_INVALID',
    'clients[0].client_secret: must be a text of ASCII characters, got a number. Is its environment variable set?',
    'clients[0].redirect_uris[0]: must be an absolute URI, got "/cb". Write it like "https://app.acme.example/callback".',
    'clients[0].scope: must be scope names with one space between, got ["x"]. Write it like "notes:read notes:write".',
  ]);
});
