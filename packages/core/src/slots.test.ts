import { ConfigurationError } from './errors.js';
import { createKernel } from './kernel.js';
import { definePlugin, type Slots } from './plugin.js';
import { openidProtocol } from './engine/openid-protocol.js';

type SetUp = (slots: Slots<never>) => void;

const idle = () => undefined as never;
const method = { name: 'password', label: 'Password', limited: true, view: idle, submit: idle };
const step = { name: 'terms', required: idle, show: idle, submit: idle };
const page = { name: 'terms', title: () => 'Terms', render: idle };
const route = { method: 'GET', path: '/apps', handle: idle } as const;
const kind = { kind: 'Password', keys: { accountId: {} } };
const openid = {
  protocol: openidProtocol,
  claims: async () => ({}),
  claimScopes: { name: 'profile' },
  acrValues: [],
  algorithms: ['RS256'],
  idTokenLifetimeSeconds: 600,
  logout: { enqueue: async () => {} },
  subject: 'public',
} as const;
const limit = { name: 'login', points: 1, durationSeconds: 1 };

function problemsOf(...setUps: SetUp[]): string[] {
  const plugins = setUps.map((setup, index) =>
    definePlugin<never>({ name: index === 0 ? 'one' : 'two', setup }),
  );
  try {
    createKernel(plugins).setUp({
      runtime: {} as never,
      createLimiter: idle,
      createJob: idle,
      scopeOwner: new Map([['notes:read', 'https://acme.example/api']]),
    });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

test.each<[string, SetUp]>([
  ['login method "password"', (slots) => slots.loginMethod({ ...method })],
  ['step "terms"', (slots) => slots.step({ ...step })],
  ['page "terms"', (slots) => slots.page({ ...page })],
  ['route "GET /apps"', (slots) => slots.routes({ ...route })],
  ['scope "email"', (slots) => slots.scope('email', 'Your address')],
  ['kind "Password"', (slots) => slots.kind({ ...kind })],
  ['metadata member "op_policy_uri"', (slots) => slots.metadata('op_policy_uri', 'x')],
  ['limit "login"', (slots) => void slots.limit({ ...limit })],
  ['job "mail"', (slots) => void slots.job({ name: 'mail', run: idle })],
  ['server member "passwords"', (slots) => slots.extend('passwords', {})],
  ['feature "openid"', (slots) => slots.feature('openid', openid)],
])('reports a %s of two plugins, and names both', (what, setup) => {
  expect(problemsOf(setup)).toEqual([]);
  expect(problemsOf(setup, setup)).toEqual([
    `plugins[1]: "two" adds the ${what}, which "one" adds too. Only one can be.`,
  ]);
  expect(problemsOf((slots) => [setup(slots), setup(slots)])).toEqual([
    `plugins[0]: "one" adds the ${what}, which it adds twice. Only one can be.`,
  ]);
});

test('takes any number of claims functions, listeners and checks', () => {
  const setup: SetUp = (slots) => {
    slots.claims(() => ({}));
    slots.on('login.failed', () => {});
    slots.check(() => []);
  };
  expect(problemsOf(setup, setup)).toEqual([]);
});

test('takes one path with two methods', () => {
  const setup: SetUp = (slots) => {
    slots.routes(route);
    slots.routes({ ...route, method: 'POST' });
  };
  expect(problemsOf(setup)).toEqual([]);
});

test('reports a scope that a resource declares', () => {
  expect(problemsOf((slots) => slots.scope('notes:read', 'Read'))).toEqual([
    'plugins[0]: "one" adds the scope "notes:read", which the resource "https://acme.example/api" declares too. Rename it there.',
  ]);
});

test.each<[string, SetUp, string]>([
  [
    'a login method without submit',
    (slots) => slots.loginMethod({ ...method, submit: undefined } as never),
    '.loginMethod.submit: is missing. It must be a function.',
  ],
  [
    'a login method that was forgotten',
    (slots) => slots.loginMethod(undefined as never),
    '.loginMethod: must be an object, got nothing. Write it like { name: …, label: …, limited: …, … }.',
  ],
  [
    'a step that cannot stand in a path',
    (slots) => slots.step({ ...step, name: 'a/b' }),
    '.step.name: must be a name of letters, digits, "-" and "_", got "a/b".',
  ],
  [
    'a route beyond the path of the issuer',
    (slots) => slots.routes({ ...route, path: '/../x' }),
    '.routes.path: must be a path like "/apps", got "/../x".',
  ],
  [
    'a kind whose key is no object',
    (slots) => slots.kind({ kind: 'x', keys: { a: true } } as never),
    '.kind.keys.a: must be an object: {} or { unique: true }.',
  ],
  [
    'a limit without points, once',
    (slots) => void slots.limit({ ...limit, points: 0 }),
    '.limit.points: must be a whole number of 1 or more, got 0.',
  ],
  [
    'a feature that does not exist',
    (slots) => slots.feature('implicit' as 'openid', openid),
    '.feature.name: must be openid, requestObjects, or pushedRequests, got "implicit".',
  ],
  [
    'a protocol that is not ours',
    (slots) => slots.feature('openid', { ...openid, protocol: {} as never }),
    '.feature.settings.protocol: must be openidProtocol of @gatehouse/core/openid.',
  ],
  [
    'a feature that is set wrongly',
    (slots) => slots.feature('openid', { ...openid, idTokenLifetimeSeconds: 0 }),
    '.feature.settings.idTokenLifetimeSeconds: must be a whole number of 1 or more, got 0.',
  ],
  [
    'a member that the server has',
    (slots) => slots.extend('protect', {}),
    '.extend.name: must not be a member that the server has, got "protect".',
  ],
])('reports %s', (_title, setup, problem) => {
  expect(problemsOf(setup)).toEqual([`plugins[0]${problem}`]);
});
