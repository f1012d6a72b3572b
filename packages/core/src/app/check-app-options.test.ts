import { createTestLogger, goodOptions, goodSecret, problemsOf } from '../../test/options.js';

const mistakes: [string, object, ...string[]][] = [
  [
    'an issuer without a scheme',
    { issuer: 'acme.example/auth' },
    'issuer: must be an absolute https: URL, got "acme.example/auth". Write it like "https://acme.example/auth".',
  ],
  [
    'an issuer that is no text',
    { issuer: 7 },
    'issuer: must be an absolute https: URL, got 7. Write it like "https://acme.example/auth".',
  ],
  [
    'an issuer with a trailing slash',
    { issuer: 'https://acme.example/auth/' },
    'issuer: must not have a trailing slash, got "https://acme.example/auth/". Write "https://acme.example/auth".',
  ],
  [
    'an issuer with a query',
    { issuer: 'https://acme.example/auth?x=1' },
    'issuer: must not have a query, got "https://acme.example/auth?x=1". Write "https://acme.example/auth".',
  ],
  [
    'an issuer with a fragment',
    { issuer: 'https://acme.example/auth#x' },
    'issuer: must not have a fragment, got "https://acme.example/auth#x". Write "https://acme.example/auth".',
  ],
  [
    'an issuer with a password, which is not shown',
    { issuer: 'https://me:hunter2@acme.example' },
    'issuer: must not have a user name or password, got "https://…@acme.example". Write "https://acme.example".',
  ],
  [
    'an issuer that URLs print in another way',
    { issuer: 'https://ACME.example:443/auth' },
    'issuer: must not have another spelling than URLs are compared by, got "https://ACME.example:443/auth". Write "https://acme.example/auth".',
  ],
  [
    'an issuer below /.well-known',
    { issuer: 'https://acme.example/.well-known' },
    'issuer: must have a simple path, got "https://acme.example/.well-known". Use letters, digits and "-._~", and start no part of it with a dot.',
  ],
  [
    'an issuer with an escape in its path',
    { issuer: 'https://acme.example/a%20b' },
    'issuer: must have a simple path, got "https://acme.example/a%20b". Use letters, digits and "-._~", and start no part of it with a dot.',
  ],
  [
    'secrets that are one text',
    { secrets: goodSecret },
    "secrets: must be an array, got a string of 32 characters. Write it like ['…'].",
  ],
  [
    'no secret',
    { secrets: [] },
    'secrets: must hold at least one secret. Make one with "openssl rand -base64 32".',
  ],
  [
    'a secret from an unset environment variable',
    { secrets: [undefined] },
    'secrets[0]: must be a secret text, got nothing. Is its environment variable set? Make one with "openssl rand -base64 32".',
  ],
  [
    'a secret that is a number',
    { secrets: [12345] },
    'secrets[0]: must be a secret text, got a number. Is its environment variable set? Make one with "openssl rand -base64 32".',
  ],
  [
    'a logger without warn',
    { logger: { debug() {}, info() {}, error() {} } },
    'logger.warn: is missing. A logger has debug, info, warn and error.',
  ],
  [
    'a logo that is a script',
    { theme: { logo: 'javascript:alert(1)' } },
    'theme.logo: must be an https: URL, a path like "/logo.svg" or a data:image/ URL, got "javascript:alert(1)".',
  ],
  [
    'a colour that would leave its declaration',
    { theme: { colors: { accent: 'red;}body{display:none' } } },
    'theme.colors.accent: must be an opaque colour as #rrggbb, rgb(), hsl() or oklch(), got "red;}body{display:none".',
  ],
  [
    'a link to another host that looks like a path',
    { theme: { links: [{ label: 'x', url: '//evil.example' }] } },
    'theme.links[0].url: must be an https: URL or a path like "/imprint", got "//evil.example".',
  ],
  [
    'a theme with a misspelt member',
    { theme: { colours: {} } },
    'theme.colours: is not an option. Did you mean "colors"?',
  ],
  [
    'a language that is no tag',
    { lang: 'english!' },
    'lang: must be a BCP 47 tag like "en" or "de-CH", got "english!".',
  ],
  [
    'an origin with a slash',
    { allowedOrigins: ['https://app.acme.example/'] },
    'allowedOrigins[0]: must be an origin and no more, got "https://app.acme.example/". Write "https://app.acme.example".',
  ],
  [
    'any origin',
    { allowedOrigins: ['*'] },
    'allowedOrigins[0]: must be an origin, got "*". Write it like "https://app.acme.example".',
  ],
  [
    'an address in the place of a network',
    { outbound: { allowNetworks: ['10.0.0.1', '10.0.0.0/40'] } },
    'outbound.allowNetworks[0]: must be a network in CIDR notation like "10.20.0.0/16", got "10.0.0.1".',
    'outbound.allowNetworks[1]: must be a network in CIDR notation like "10.20.0.0/16", got "10.0.0.0/40".',
  ],
  [
    'a misspelt door',
    { outbound: { allowLoopbacks: true } },
    'outbound.allowLoopbacks: is not an option. Did you mean "allowLoopback"?',
  ],
  [
    'a waiver that does not exist',
    { waivers: ['short-secrets'] },
    'waivers[0]: must be http-issuer, short-secret, short-client-secret, memory-store, throw-away-keys, unlimited-login, no-nonce, loopback-requests, or private-requests, got "short-secrets". Did you mean "short-secret"?',
  ],
  ['a misspelt option', { clientz: [] }, 'clientz: is not an option. Did you mean "clients"?'],
  [
    'an option that does not exist',
    { cookieKeys: [] },
    'cookieKeys: is not an option. Known here: issuer, secrets, logger, theme, lang, allowedOrigins, outbound, waivers, accounts, resources, clients, interaction, session, pages, keys, code, refreshToken, store, limits, plugins, dangerouslyConfigureEngine.',
  ],
];

test.each(mistakes)('reports %s', (_title, options, ...problems) => {
  expect(problemsOf({ ...goodOptions, ...options })).toEqual(['ERR_OPTIONS_INVALID', ...problems]);
});

test('production refuses requests to this machine and to own networks, unless they are waived', () => {
  const { logger } = createTestLogger();
  const options = {
    ...goodOptions,
    logger,
    outbound: { allowLoopback: true, allowNetworks: ['10.20.0.0/16', 'fd12::/16'] },
  };
  const production = { NODE_ENV: 'production' };
  expect(problemsOf(options)).toEqual([]);
  expect(problemsOf(options, production)).toEqual([
    'ERR_UNSAFE_PRODUCTION',
    'outbound.allowLoopback: lets whoever registers a client have this server send requests to this machine. Production refuses this unless "loopback-requests" is in waivers.',
    'outbound.allowNetworks: lets whoever registers a client have this server send requests to machines of these networks. Production refuses this unless "private-requests" is in waivers.',
  ]);
  const waivers = ['loopback-requests', 'private-requests'];
  expect(problemsOf({ ...options, waivers }, production)).toEqual([]);
  const shut = { allowLoopback: false, allowNetworks: [] };
  expect(problemsOf({ ...goodOptions, outbound: shut }, production)).toEqual([]);
});
