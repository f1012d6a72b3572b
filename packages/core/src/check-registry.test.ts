import { createTestLogger, goodOptions, webClient } from '../test/options.js';
import { checkOptions } from './check-options.js';
import { checkRegistry } from './check-registry.js';
import { ConfigurationError } from './errors.js';
import type { Registry } from './kernel.js';

const empty: Registry = {
  plugins: [],
  loginMethods: [],
  steps: [],
  pages: [],
  routes: [],
  scopes: [],
  claims: [],
  kinds: [],
  metadata: [],
  listeners: [],
  limits: [],
  jobs: [],
  checks: [],
  extensions: [],
  signatures: [],
  features: [],
};
const password = { plugin: 'login-password', value: { name: 'password', limited: true } };
const consent = { plugin: 'consent', value: { name: 'consent' } };
const page = { plugin: 'core', value: { name: 'login' } };
const full = { loginMethods: [password], steps: [consent], pages: [page] };

function problemsOf(options: object, registry: object, env: Record<string, string> = {}): string[] {
  const resolved = checkOptions({ ...goodOptions, ...options }, env);
  try {
    checkRegistry(resolved, { ...empty, ...registry } as Registry);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [error.code, ...error.problems.map(({ path, message }) => `${path}: ${message}`)];
  }
}

const withClient = (client: object): object => ({ clients: [{ ...webClient, ...client }] });

test('is content with a login method, a consent page and declared scopes', () => {
  expect(problemsOf(withClient({ firstParty: false, scope: 'notes:read' }), full)).toEqual([]);
});

test('reports scopes that nobody declares', () => {
  expect(problemsOf(withClient({ scope: 'notes:raed openid' }), full)).toEqual([
    'ERR_OPTIONS_INVALID',
    'clients[0].scope: names "notes:raed", which no resource and no plugin declares. Did you mean "notes:read"?',
    'clients[0].scope: names "openid", which no resource and no plugin declares. It is of OpenID Connect. Add openidConnect({ … }) of @gatehouse/oidc to plugins.',
  ]);
  expect(problemsOf(withClient({ scope: 'notes:read everything' }), full)).toEqual([
    'ERR_OPTIONS_INVALID',
    'clients[0].scope: names "everything", which no resource and no plugin declares. Declare it in the scopes of a resource.',
  ]);
});

test.each(['profile', 'email', 'address', 'phone'])(
  'says where the scope %s comes from, with the plugin and without',
  (name) => {
    const openid = { plugin: 'oidc', value: { name: 'openid', description: 'Sign in' } };
    // A name that is close to it is no better guess.
    const close = { plugin: 'mail', value: { name: `${name}s`, description: 'More' } };
    const client = withClient({ scope: name });
    const begin = `clients[0].scope: names "${name}", which no resource and no plugin declares.`;
    expect(problemsOf(client, { ...full, scopes: [close] })).toEqual([
      'ERR_OPTIONS_INVALID',
      `${begin} It is of OpenID Connect. Add openidConnect({ … }) of @gatehouse/oidc to plugins.`,
    ]);
    expect(problemsOf(client, { ...full, scopes: [openid, close] })).toEqual([
      'ERR_OPTIONS_INVALID',
      `${begin} Add it to the claims of the plugin: openidConnect({ claims: { ${name}: (account) => ({ … }) } }).`,
    ]);
  },
);

test('knows the scopes of plugins', () => {
  const scopes = [{ plugin: 'oidc', value: { name: 'openid', description: 'Sign in' } }];
  expect(problemsOf(withClient({ scope: 'notes:read openid' }), { ...full, scopes })).toEqual([]);
});

test('reports that nobody can log in', () => {
  expect(problemsOf({}, { ...full, loginMethods: [] })).toEqual([
    'ERR_OPTIONS_INVALID',
    'plugins: has no way to log in, which the client "web" needs. Add one, like passwordLogin({ … }), or set accounts.fromRequest.',
  ]);
});

test('asks no login method of a host with its own login, or without people', () => {
  const accounts = { find: () => undefined, id: () => '1', fromRequest: () => undefined };
  expect(problemsOf({ accounts }, { ...full, loginMethods: [] })).toEqual([]);
  const machine = withClient({ redirect_uris: undefined, scope: 'notes:read' });
  expect(problemsOf(machine, {})).toEqual([]);
});

test('reports that nobody is asked for consent to a client of others', () => {
  const client = withClient({ firstParty: false, scope: 'notes:read' });
  expect(problemsOf(client, { ...full, steps: [] })).toEqual([
    'ERR_OPTIONS_INVALID',
    'plugins: has no consent page, which the client "web" needs. Add consentScreen(), or say firstParty: true if the client is your own.',
  ]);
});

test('reports that nobody is asked before an address that any program can claim', () => {
  const app = {
    client_secret: undefined,
    token_endpoint_auth_method: 'none',
    redirect_uris: ['com.example.app:/cb'],
  };
  expect(problemsOf(withClient(app), { ...full, steps: [] })).toEqual([
    'ERR_OPTIONS_INVALID',
    'plugins: has no consent page, which the client "web" needs: any program on the device can claim its redirect URI (RFC 8252 §8.6), so one press is asked. Add consentScreen().',
  ]);
});

test('reports the replacement of a page that does not exist', () => {
  expect(problemsOf({ pages: { logn: () => '' } }, full)).toEqual([
    'ERR_OPTIONS_INVALID',
    'pages.logn: is no page. Did you mean "login"?',
  ]);
});

test('refuses guessing without limits in production, and warns before', () => {
  const { logger, warnings } = createTestLogger();
  const unlimited = { plugin: 'pin', value: { name: 'pin', limited: false } };
  const registry = { ...full, loginMethods: [unlimited] };
  expect(problemsOf({}, registry, { NODE_ENV: 'production' })).toEqual([
    'ERR_UNSAFE_PRODUCTION',
    'plugins: let anyone guess without limit: the login method "pin" of "pin" is not limited. Production refuses this unless "unlimited-login" is in waivers.',
  ]);
  const waivers = ['unlimited-login'];
  expect(problemsOf({ waivers, logger }, registry, { NODE_ENV: 'production' })).toEqual([]);
  expect(problemsOf({ logger }, registry)).toEqual([]);
  expect(warnings.map(([, message]) => message)).toEqual([
    'unsafe configuration, waived: unlimited-login',
    'unsafe configuration, production refuses this: unlimited-login',
  ]);
});

test('reports what the checks of plugins find, and those that throw', () => {
  const checks = [
    { plugin: 'mail', value: () => [{ path: 'clients[0]', message: 'has no logo.' }] },
    {
      plugin: 'sms',
      value: () => {
        throw new Error('no gateway');
      },
    },
  ];
  expect(problemsOf({}, { ...full, checks })).toEqual([
    'ERR_OPTIONS_INVALID',
    'clients[0]: has no logo.',
    'plugins: cannot be checked by "sms": no gateway',
  ]);
});
