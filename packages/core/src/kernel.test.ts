import { createTestLogger } from '../test/options.js';
import { ConfigurationError } from './errors.js';
import { createKernel, type Registry } from './kernel.js';
import { definePlugin, type Plugin, type Slots } from './plugin.js';

type SetUp = (slots: Slots<never>) => void;

const idle = () => undefined as never;
const limiter = {};
const { logger } = createTestLogger();
const setUpOptions = {
  runtime: { logger } as never,
  createLimiter: () => limiter as never,
  createJob: idle,
  scopeOwner: new Map([['notes:read', 'https://acme.example/api']]),
};

const plugin = (name: string, setup: SetUp = () => {}, after?: string[]): Plugin<never> =>
  definePlugin<never>({ name, setup, ...(after && { after }) });
const login = (name: string) => ({
  name,
  label: 'Log in',
  limited: true,
  view: idle,
  submit: idle,
});
const step = (name: string, after?: string[]) => ({
  name,
  required: idle,
  show: idle,
  submit: idle,
  ...(after && { after }),
});

function setUp(plugins: Plugin<never>[], builtIns: Plugin<never>[] = []): Registry {
  return createKernel(plugins, builtIns).setUp(setUpOptions as never);
}

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [error.code, ...error.problems.map(({ path, message }) => `${path}: ${message}`)];
  }
  return [];
}

test('verifies every plugin before it sets up any', () => {
  const ran: string[] = [];
  const setup = () => void ran.push('setup');
  const plugins = [plugin('one', setup), plugin('two', setup, ['oidc']), { name: 'a b' }, null];
  expect(problemsOf(() => createKernel(plugins as never))).toEqual([
    'ERR_PLUGIN_INVALID',
    'plugins[2].name: must be a name of letters, digits, "-" and "_", got "a b".',
    'plugins[2].setup: is missing. A plugin has a function setup(slots, runtime).',
    'plugins[3]: must be a plugin made by definePlugin, got null.',
    'plugins[1]: "two" comes after "oidc", which is not installed. Add it to plugins.',
  ]);
  expect(ran).toEqual([]);
});

test('reports the names that are taken, also by the server itself', () => {
  expect(
    problemsOf(() =>
      createKernel([plugin('one'), plugin('one'), plugin('core')], [plugin('core')]),
    ),
  ).toEqual([
    'ERR_PLUGIN_INVALID',
    'plugins[1].name: is the name of another plugin too, got "one". Install each plugin once.',
    'plugins[2].name: is the name of another plugin too, got "core". Install each plugin once.',
  ]);
});

test('reports plugins that are installed too late', () => {
  expect(problemsOf(() => createKernel([plugin('a', undefined, ['b']), plugin('b')]))).toEqual([
    'ERR_PLUGIN_INVALID',
    'plugins[0]: "a" comes after "b", which is installed later. Move it before "a".',
  ]);
});

test('reports plugins that come after one another', () => {
  const circle = [
    plugin('a', undefined, ['b']),
    plugin('b', undefined, ['c']),
    plugin('c', undefined, ['a']),
    plugin('d', undefined, ['d']),
  ];
  expect(problemsOf(() => createKernel(circle))).toEqual([
    'ERR_PLUGIN_INVALID',
    'plugins[0]: "a" comes after "b", which comes after "a". One of the two must not.',
    'plugins[1]: "b" comes after "c", which comes after "b". One of the two must not.',
    'plugins[2]: "c" comes after "a", which comes after "c". One of the two must not.',
    'plugins[3]: "d" comes after "d", which comes after "d". One of the two must not.',
  ]);
});

test('sets up in order, and freezes what was contributed with the name of its plugin', () => {
  const method = login('password');
  const claims = () => ({});
  const registry = setUp(
    [plugin('two', (slots) => slots.loginMethod(method)), plugin('three', (s) => s.claims(claims))],
    [
      plugin('one', (slots) =>
        expect(slots.limit({ name: 'x', points: 1, durationSeconds: 1 })).toBe(limiter),
      ),
    ],
  );
  expect(registry.plugins).toEqual(['one', 'two', 'three']);
  expect(registry.loginMethods).toEqual([{ plugin: 'two', value: method }]);
  expect(registry.claims).toEqual([{ plugin: 'three', value: claims }]);
  expect(registry.limits[0]?.plugin).toBe('one');
  expect(Object.isFrozen(registry) && Object.isFrozen(registry.loginMethods)).toBe(true);
  expect(Object.values(registry).every((entries) => Object.isFrozen(entries))).toBe(true);
});

test('orders steps by what they come after', () => {
  const registry = setUp([
    plugin('consent', (slots) => slots.step(step('consent', ['terms', 'login']))),
    plugin('terms', (slots) => slots.step(step('terms'))),
    plugin('login', (slots) => slots.step(step('login'))),
  ]);
  expect(registry.steps.map(({ value }) => value.name)).toEqual(['terms', 'login', 'consent']);
});

test('reports steps that wait for one another, or for none', () => {
  expect(
    problemsOf(() =>
      setUp([
        plugin('a', (slots) => slots.step(step('x', ['y']))),
        plugin('b', (slots) => slots.step(step('y', ['x', 'z']))),
      ]),
    ),
  ).toEqual([
    'ERR_PLUGIN_INVALID',
    'plugins[1]: the step "y" comes after the step "z", which no plugin adds.',
    'plugins[0]: the steps "x", "y" wait for one another.',
  ]);
});

test('closes the slots after the setup', () => {
  let late: Slots<never> | undefined;
  const keep: SetUp = (slots) => {
    late = slots;
  };
  setUp([plugin('one', keep)]);
  expect(problemsOf(() => late?.feature('openid', {} as never))).toEqual([
    'ERR_PLUGIN_INVALID',
    'plugins[0]: "one" adds a feature after its setup. Add it while setup runs.',
  ]);
});

test('reports a setup that throws or is async', () => {
  const broken = plugin('broken', () => {
    throw new Error('no mail server');
  });
  const later = async () => Promise.reject(new Error('later'));
  const slow = plugin('slow', () => later() as never);
  expect(problemsOf(() => setUp([broken, slow]))).toEqual([
    'ERR_PLUGIN_INVALID',
    'plugins[0]: "broken" cannot be set up: no mail server',
    'plugins[1]: "slow" has an async setup. Await what it needs before.',
  ]);
});
