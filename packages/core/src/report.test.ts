import {
  createTestLogger,
  durableStore,
  goodOptions,
  problemsOf,
  webClient,
} from '../test/options.js';
import { checkOptions } from './check-options.js';

const production = { NODE_ENV: 'production' };
const unsafe = {
  ...goodOptions,
  issuer: 'http://localhost:3000',
  secrets: ['short', 'a'.repeat(40)],
  store: { ...durableStore, name: 'memory', durable: false },
  clients: [{ ...webClient, client_secret: 'web' }],
};
const everyWaiver = [
  'http-issuer',
  'short-secret',
  'short-client-secret',
  'memory-store',
  'throw-away-keys',
];
const recipe = 'Make one with "openssl rand -base64 32".';
const refusals = [
  'issuer: must be an https: URL, got "http://localhost:3000". Production refuses this unless "http-issuer" is in waivers.',
  `secrets[0]: must be 32 random characters or more, got 5. ${recipe} Production refuses this unless "short-secret" is in waivers.`,
  `secrets[1]: must be 32 random characters or more, got 40 that repeat a few. ${recipe} Production refuses this unless "short-secret" is in waivers.`,
  `clients[0].client_secret: must be 32 random characters or more, got 3. ${recipe} Production refuses this unless "short-client-secret" is in waivers.`,
  'store: forgets every session and grant when the process ends: the store "memory" is not durable. Production refuses this unless "memory-store" is in waivers.',
  'keys: are made anew at every start, since the store does not keep them. Set keys.jwks or keys.signer, or use a durable store. Production refuses this unless "throw-away-keys" is in waivers.',
];

test('production refuses everything that is only fit for a laptop', () => {
  expect(problemsOf(unsafe, production)).toEqual(['ERR_UNSAFE_PRODUCTION', ...refusals]);
});

test('production reports what is invalid and what is unsafe together', () => {
  expect(problemsOf({ ...unsafe, lang: 1 }, production)).toEqual([
    'ERR_OPTIONS_INVALID',
    'lang: must be a BCP 47 tag like "en" or "de-CH", got 1.',
    ...refusals,
  ]);
});

test('production lets through what is waived by name, and nothing else', () => {
  for (const [index, waiver] of everyWaiver.entries()) {
    const waivers = everyWaiver.filter((name) => name !== waiver);
    const left = problemsOf({ ...unsafe, waivers }, production);
    expect(left).toEqual([
      'ERR_UNSAFE_PRODUCTION',
      ...refusals.filter((line) => line.includes(`unless "${everyWaiver[index]}"`)),
    ]);
  }
});

test('logs each waiver that was used, once', () => {
  const { warnings, logger } = createTestLogger();
  const waivers = [...everyWaiver, 'unlimited-login'];
  checkOptions({ ...unsafe, waivers, logger }, production);
  expect(warnings.map(([, message]) => message)).toEqual(
    everyWaiver.map((name) => `unsafe configuration, waived: ${name}`),
  );
  expect(warnings[1]?.[0]).toEqual({
    waiver: 'short-secret',
    problems: [
      { path: 'secrets[0]', message: `must be 32 random characters or more, got 5. ${recipe}` },
      {
        path: 'secrets[1]',
        message: `must be 32 random characters or more, got 40 that repeat a few. ${recipe}`,
      },
    ],
  });
});

test('warns outside production, but not about a loopback issuer', () => {
  const { warnings, logger } = createTestLogger();
  checkOptions({ ...unsafe, logger }, {});
  expect(warnings.map(([, message]) => message)).toEqual(
    everyWaiver.slice(1).map((name) => `unsafe configuration, production refuses this: ${name}`),
  );
});

test('warns outside production about http: on another host', () => {
  const { warnings, logger } = createTestLogger();
  checkOptions({ ...goodOptions, issuer: 'http://dev.acme.example', logger }, {});
  expect(warnings).toHaveLength(1);
});

test('is silent when nothing is unsafe', () => {
  const { warnings, logger } = createTestLogger();
  checkOptions({ ...goodOptions, logger }, production);
  expect(warnings).toEqual([]);
});
