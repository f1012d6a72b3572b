import { api, durableStore, goodOptions, problemsOf } from '../test/options.js';
import { defaultLogger } from './app/logger.js';
import { checkOptions } from './check-options.js';

const mistakes: [string, object, ...string[]][] = [
  [
    'a store that is a URL, which is not shown',
    { store: 'mongodb://me:hunter2@db' },
    'store: must be an object, got a string of 23 characters. Write it like { name: …, durable: …, find: …, … }.',
  ],
  [
    'a store that was not made',
    { store: () => durableStore },
    'store: must be a store, got a function. Call it, like memoryStore().',
  ],
  [
    'a store that was not awaited',
    { store: Promise.resolve(durableStore) },
    'store: must be awaited first, got a promise.',
  ],
  [
    'a store without functions',
    { store: {} },
    'store.name: is missing. A store has a name, for the log.',
    'store.durable: is missing. A store says whether it survives a restart.',
    'store.find: is missing. A store has find, commit and list.',
    'store.commit: is missing. A store has find, commit and list.',
    'store.list: is missing. A store has find, commit and list.',
  ],
  [
    'a plugin that was not called',
    { plugins: [() => {}] },
    'plugins[0]: must be a plugin, got a function. Call it, like passwordLogin({ … }).',
  ],
  [
    'a plugin that was not awaited',
    { plugins: [Promise.resolve({})] },
    'plugins[0]: must be a plugin made by definePlugin, got a promise, which must be awaited first.',
  ],
  [
    'a plugin without a name',
    { plugins: [{ setup() {} }] },
    'plugins[0].name: is missing. A plugin has a name.',
  ],
  [
    'plugins that are no list',
    { plugins: { name: 'x' } },
    'plugins: must be an array, got {"name":"x"}. Write it like [passwordLogin({ … }), consentScreen()].',
  ],
  [
    'an escape hatch that is no function',
    { dangerouslyConfigureEngine: {} },
    'dangerouslyConfigureEngine: must be a function, got {}.',
  ],
];

test.each(mistakes)('reports %s', (_title, options, ...problems) => {
  expect(problemsOf({ ...goodOptions, ...options })).toEqual(['ERR_OPTIONS_INVALID', ...problems]);
});

test('reports that it got no options', () => {
  expect(problemsOf(null)).toEqual([
    'ERR_OPTIONS_INVALID',
    'options: must be an object, got null. Write it like { issuer: …, secrets: …, … }.',
  ]);
  expect(problemsOf([])).toEqual([
    'ERR_OPTIONS_INVALID',
    'options: must be an object, got []. Write it like { issuer: …, secrets: …, … }.',
  ]);
});

test('reports everything that is missing at once', () => {
  expect(problemsOf({})).toEqual([
    'ERR_OPTIONS_INVALID',
    'issuer: is missing. Set it to the URL that clients will know, like "https://acme.example/auth".',
    'secrets: is missing. Set it to an array of at least one secret. Make one with "openssl rand -base64 32".',
    'accounts: is missing. Write { find: (id: string) => …, id: (account) => … }.',
    'resources: is missing. Name the APIs that take access tokens, or write {}.',
    'store: is missing. Set it to a store: memoryStore() on a laptop.',
  ]);
});

test('fills every default in', () => {
  const { store, accounts, secrets } = goodOptions;
  const { resources, scopeOwner, clients, logger, ...rest } = checkOptions(goodOptions, {});
  expect(rest).toEqual({
    production: false,
    issuer: 'https://acme.example/auth',
    mountPath: '/auth',
    origin: 'https://acme.example',
    secure: true,
    secrets,
    theme: { name: 'acme.example' },
    lang: 'en',
    allowedOrigins: new Set(),
    outbound: { allowLoopback: false, allowNetworks: [] },
    waivers: new Set(),
    accounts,
    interactionLifetimeSeconds: 3600,
    session: { idleSeconds: 1_209_600, absoluteSeconds: 7_776_000 },
    keys: { rotateSeconds: 7_776_000 },
    codeLifetimeSeconds: 60,
    refreshToken: {
      idleSeconds: 2_592_000,
      absoluteSeconds: 15_552_000,
      replayWindowSeconds: { public: 60, confidential: 600 },
    },
    pages: {},
    store,
    plugins: [],
  });
  expect(logger).toBe(defaultLogger);
  expect(clients).toHaveLength(1);
  expect(scopeOwner).toEqual(new Map([['notes:read', api]]));
  expect(resources.get(api)).toEqual({
    identifier: api,
    name: 'Notes',
    scopes: new Map([['notes:read', 'Read your notes']]),
    format: 'jwt',
    lifetimeSeconds: 600,
    machineLifetimeSeconds: 600,
    alg: 'ES256',
  });
});

test('mounts at the root when the issuer has no path', () => {
  const { mountPath, issuer } = checkOptions(
    { ...goodOptions, issuer: 'https://acme.example' },
    {},
  );
  expect({ mountPath, issuer }).toEqual({ mountPath: '', issuer: 'https://acme.example' });
});

test('survives getters and proxies that throw', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const options = {
    ...goodOptions,
    clients: [proxy],
    plugins: [proxy],
    resources: proxy,
    logger: proxy,
    secrets: proxy,
  };
  Object.defineProperty(options, 'theme', {
    enumerable: true,
    get() {
      throw new Error('no theme');
    },
  });
  expect(problemsOf(proxy)[0]).toBe('ERR_OPTIONS_INVALID');
  expect(problemsOf(options)[0]).toBe('ERR_OPTIONS_INVALID');
});

test('never shows a secret', () => {
  const marker = 'TOPSECRET';
  const secretive = {
    client_secret: marker,
    secrets: marker,
    password: marker,
    keys: { d: marker },
  };
  const everywhere = [marker, [marker], secretive, [secretive]];
  for (const member of ['secrets', 'store', 'keys', 'logger']) {
    for (const value of everywhere) {
      expect(
        problemsOf({ ...goodOptions, [member]: value }, { NODE_ENV: 'production' }).join(),
      ).not.toContain(marker);
    }
  }
  for (const value of [{ client_secret: marker }, { jwks: { keys: [{ kty: 'EC', d: marker }] } }]) {
    expect(problemsOf({ ...goodOptions, clients: value }).join()).not.toContain(marker);
    expect(problemsOf({ ...goodOptions, clients: [value] }).join()).not.toContain(marker);
    const resources = { [api]: { name: 'x', scopes: {}, introspection: value } };
    expect(
      problemsOf({ ...goodOptions, resources: { [api]: { introspection: marker } } }).join(),
    ).not.toContain(marker);
    expect(problemsOf({ ...goodOptions, resources }).join()).not.toContain(marker);
  }
});
