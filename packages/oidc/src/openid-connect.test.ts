import { createAuthorizationServer } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { openidConnect } from './openid-connect.js';
import type { OpenidConnectOptions } from './options.js';

interface User {
  readonly id: string;
}

/** What a server with these options says at its start. */
async function startWith(options: unknown, more: object = {}): Promise<string> {
  try {
    const server = await createAuthorizationServer({
      issuer: 'http://127.0.0.1:3000/auth',
      secrets: ['a-secret-of-the-unit-tests-0123456789abcdef'],
      store: memoryStore(),
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      accounts: { find: async (id: string): Promise<User> => ({ id }), id: (user) => user.id },
      resources: {},
      plugins: [openidConnect<User>(options as OpenidConnectOptions<User>)],
      ...more,
    });
    await server.close();
    return 'started';
  } catch (error) {
    return (error as Error).message;
  }
}

test('needs no option', async () => {
  expect(await startWith(undefined)).toBe('started');
});

test.each<[string, unknown, string]>([
  [
    'a scope that nobody declares, with the one that was meant',
    { claims: { profil: () => ({}) } },
    'openidConnect.claims.profil: is no scope. Did you mean "profile"?',
  ],
  [
    'a scope of the own that has no words',
    { claims: { company: () => ({}) } },
    "openidConnect.claims.company: is no scope. Declare it: scopes: { company: 'what people read on the consent page' }.",
  ],
  [
    'claims of openid itself',
    { claims: { openid: () => ({}) } },
    'openidConnect.claims.openid: has no claims of its own.',
  ],
  [
    'a single claim that the scope does not have',
    { claims: { email: { emial: () => 'x' } } },
    'openidConnect.claims.email.emial: is no claim of email. Did you mean "email"?',
  ],
  [
    'a claim that the server writes',
    { scopes: { own: 'Own' }, claims: { own: { sub: () => 'x' } } },
    'openidConnect.claims.own.sub: is a claim that the server writes itself.',
  ],
  [
    'a claim that only the server may write, of any token',
    { scopes: { own: 'Own' }, claims: { own: { cnf: () => ({}) } } },
    'openidConnect.claims.own.cnf: is a claim that the server writes itself.',
  ],
  [
    'a claim that access tokens have a meaning of their own for',
    {
      scopes: { own: 'Own' },
      claims: { own: { client_id: { value: () => 'x', in: ['userinfo', 'access_token'] } } },
    },
    'openidConnect.claims.own.client_id: is a claim that the server writes into access tokens itself.',
  ],
  [
    'a claim that is no function',
    { claims: { email: { email: 'ada@people.test' } } },
    'openidConnect.claims.email.email: must be a function of the account',
  ],
  [
    'a place that does not exist',
    { claims: { email: { email: { value: () => 'x', in: ['idtoken'] } } } },
    'openidConnect.claims.email.email.in: must hold id_token, userinfo, access_token and nothing else, got "idtoken". Did you mean "id_token"?',
  ],
  [
    'a place in another spelling',
    { claims: { email: { email: { value: () => 'x', in: ['userinfo', 'idToken'] } } } },
    'nothing else, got "idToken". Did you mean "id_token"?',
  ],
  [
    'a place that is no text',
    { claims: { email: { email: { value: () => 'x', in: [7] } } } },
    'nothing else, got 7.',
  ],
  [
    'a claim of another scope',
    { claims: { profile: { email: () => 'x' } } },
    'openidConnect.claims.profile.email: is a claim of the scope email, not of profile. Move it: claims: { email: { email: … } }.',
  ],
  [
    'a function in place of the map, which would tell nothing',
    { claims: (user: User) => ({ name: user.id }) },
    'openidConnect.claims: must be an object with a function for each scope, got a function. Write it like { profile: (account) => ({ name: … }) }.',
  ],
  ['a list in place of the map', { claims: ['profile'] }, 'got ["profile"]. Write it like {'],
  ['a text in place of the map', { claims: 'profile' }, 'got "profile". Write it like {'],
  [
    'a scope without words',
    { scopes: { company: 7 } },
    "openidConnect.scopes.company: must be what people read on the consent page, got 7. Write it like { company: 'See your company' }.",
  ],
  [
    'scopes that are no map',
    { scopes: ['company'] },
    'openidConnect.scopes: must be an object, got ["company"]. Write it like { company: \'See your company\' }.',
  ],
  [
    'one context class without its list',
    { acr: 'urn:x' },
    'openidConnect.acr: must be an array of names, got "urn:x". Write it like ["urn:x"].',
  ],
  [
    'a context class that is no name',
    { acr: ['urn:x', 2] },
    'openidConnect.acr: must be an array of names, got ["urn:x",2].',
  ],
  [
    'one algorithm without its list',
    { idToken: { algorithms: 'ES256' } },
    'openidConnect.idToken.algorithms: must hold ES256, RS256, PS256, EdDSA and nothing else, got "ES256". Write it like [\'EdDSA\'].',
  ],
  [
    'an ID token that is no object',
    { idToken: 3600 },
    'openidConnect.idToken: must be an object, got 3600. Write it like { lifetimeSeconds: 3600 }.',
  ],
  ['a misspelt member of it', { idToken: { lifetime: 60 } }, 'openidConnect.idToken.lifetime: is'],
  [
    'options that are none',
    'pairwise',
    'openidConnect: must get an object, got "pairwise". Write it like openidConnect({ claims: { … } }).',
  ],
  ['options that are nothing', null, 'openidConnect: must get an object, got null.'],
  ['a list as options', [], 'openidConnect: must get an object, got [].'],
  ['a lifetime that is none', { idToken: { lifetimeSeconds: 0 } }, 'must be a whole number of'],
  [
    'an option that does not exist',
    { claim: {} },
    'openidConnect.claim: is not an option. Did you mean "claims"?',
  ],
  ['a subject type that does not exist', { subject: 'pairwize' }, 'must be "public" or "pairwise"'],
  [
    'a choice that does not exist',
    { pushedRequests: 'required' },
    'openidConnect.pushedRequests: must be false or true or "always", got "required".',
  ],
  [
    'an algorithm that does not exist',
    { idToken: { algorithms: ['HS256'] } },
    'must hold ES256, RS256, PS256, EdDSA and nothing else, got "HS256".',
  ],
])('refuses %s', async (_title, options, message) => {
  const said = await startWith(options);
  expect(said).toContain(message);
  // In the words of the options, and once.
  expect(said).toMatch(/^ERR_OPTIONS_INVALID/);
  expect(said).not.toContain('plugins[');
});

test('needs a key for RS256 among keys of the host’s own (Core §15.1)', async () => {
  const { generateKeyPair, exportJWK } = await import('jose');
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kty: 'EC' };
  const said = await startWith({}, { keys: { jwks: { keys: [jwk] } } });
  expect(said).toContain(
    'keys.jwks.keys: has no key for RS256, which "oidc" signs ID tokens with.',
  );
});
