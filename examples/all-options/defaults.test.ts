import './test/environment.js';
import { readFileSync } from 'node:fs';
import { consentScreen } from '@gatehouse/consent';
import type { IssueOptions } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { openidConnect } from '@gatehouse/oidc';
import { memoryStore } from '@gatehouse/store-memory';
import { mongoIndexes, mongoStore } from '@gatehouse/store-mongo';
import { postgresSchema, postgresStore } from '@gatehouse/store-postgres';
import { checkOptions } from '../../packages/core/src/check-options.js';
import { createAccountDirectory } from '../../packages/core/src/authorize/account-directory.js';
import { systemClock } from '../../packages/core/src/clock.js';
import { themeColors } from '../../packages/core/src/interaction/theme-colors.js';
import type { ResolvedOptions } from '../../packages/core/src/resolved-options.js';
import { normalizeIdentifier } from '../../packages/login-password/src/identifier.js';
import { resolveHashing } from '../../packages/login-password/src/password-options.js';
import { effectsOf, type Options } from './test/effects.js';
import { type Every, given } from './every.js';

const { options } = await import('./options.js');
const { api, notes } = await import('./resources.js');
const { web } = await import('./clients.js');
const { consent, openid, password } = await import('./plugins.js');
const { managedPasswords } = await import('./alternatives.js');
const { memory, mongo, onMongo, onPostgres, postgres } = await import('./stores.js');

beforeAll(() => {
  // What the default logger says of a store that forgets.
  import.meta.jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => import.meta.jest.restoreAllMocks());

const { issuer, secrets, accounts } = options;
const { client_id, client_secret, redirect_uris, scope } = web;
const { name, scopes } = notes;

const written: Options = given(options);
/** What has no default, and nothing else. */
const least: Options = {
  issuer,
  secrets,
  store: options.store,
  accounts: { find: accounts.find, id: accounts.id },
  resources: { [api]: { name, scopes } },
  clients: [{ client_id, client_secret, redirect_uris, scope }],
  plugins: [
    passwordLogin({ verify: password.verify }),
    consentScreen(),
    openidConnect({ claims: openid.claims }),
  ],
};

/** What the server makes of options; `clients` and `plugins` are compared by what they do. */
function resolved(given: Options): object {
  const { theme, accounts, clients, plugins, ...rest } = checkOptions(given, {});
  expect([clients.length, plugins.length]).toEqual([1, 3]);
  return { ...rest, ...looks(theme), ...views(accounts) };
}

const looks = ({ colors, links = [], ...theme }: ResolvedOptions['theme']): object => ({
  theme,
  links,
  colors: themeColors(colors),
});

function views(hooks: ResolvedOptions['accounts']): object {
  const user = accounts.find('ada');
  const { fromRequest, endHostSession } = hooks;
  const view = createAccountDirectory(hooks, systemClock).view(user);
  return { view, validFrom: hooks.sessionsValidFrom?.(user), fromRequest, endHostSession };
}

const changed = (part: object): Options => ({ ...written, ...part });
const changedClient = (part: object): Options => changed({ clients: [{ ...given(web), ...part }] });
const changedPlugins = ({
  a = {},
  b = {},
  c = {},
}: Record<'a' | 'b' | 'c', object> | (object & { a?: object; b?: object; c?: object })): Options =>
  changed({
    plugins: [
      passwordLogin({ ...given(password), ...a }),
      consentScreen({ ...given(consent), ...b }),
      openidConnect({ ...given(openid), ...c }),
    ],
  });

describe('the defaults of the manual', () => {
  let effectsOfLeast: object;
  beforeAll(async () => {
    effectsOfLeast = await effectsOf({ ...least, store: memoryStore() });
  });

  it('are those of the server: written out or left out, the options come to the same', () => {
    expect(resolved(written)).toEqual(resolved(least));
  });

  // Each number, flag and word of these, one by one: what the comparison would miss does not count as compared.
  const { session, interaction, code, refreshToken, keys, outbound, lang, theme } = given(options);
  const parts = { session, interaction, code, refreshToken, keys, outbound, lang, theme };
  it.each(leavesOf(parts))('%s: another value would be noticed', (path, value) => {
    const other =
      typeof value === 'number'
        ? value - 1
        : typeof value === 'boolean'
          ? !value
          : valueBeside(path);
    const difference = withLeaf(parts, path.split('.'), other);
    expect(resolved(changed(difference))).not.toEqual(resolved(least));
  });

  it('act like those of the server: pages, tokens, documents, limits', async () => {
    const effects = await effectsOf({ ...written, store: memoryStore() });
    expect(effects).toEqual(effectsOfLeast);
    expect(effects).toMatchObject({ answer: { expires_in: 600 }, rotates: true, replays: true });
  });

  it.each<[string, Options]>([
    ['client_name', changedClient({ client_name: 'Another' })],
    ['id_token_signed_response_alg', changedClient({ id_token_signed_response_alg: 'ES256' })],
    ['claimsInIdToken', changedClient({ claimsInIdToken: true })],
    ['pkce', changedClient({ pkce: false })],
    ['firstParty', changedClient({ firstParty: true })],
    ['rotate', changedClient({ rotate: false })],
    ['subject_type', changedClient({ subject_type: 'pairwise' })],
    ['identifier.type', changedPlugins({ a: { identifier: { type: 'email' } } })],
    [
      'limits',
      changedPlugins({ a: { limits: { address: [{ points: 49, durationSeconds: 900 }] } } }),
    ],
    ['acr of passwords', changedPlugins({ a: { acr: 'acme' } })],
    ['isVerified', changedPlugins({ b: { isVerified: () => false } })],
    ['fixedScopes', changedPlugins({ b: { fixedScopes: [] } })],
    ['apps', changedPlugins({ b: { apps: false } })],
    ['acr', changedPlugins({ c: { acr: ['acme'] } })],
    ['idToken.lifetimeSeconds', changedPlugins({ c: { idToken: { lifetimeSeconds: 3599 } } })],
    ['idToken.algorithms', changedPlugins({ c: { idToken: { algorithms: ['PS256'] } } })],
    ['scopes', changedPlugins({ c: { scopes: { profile: 'See all' } } })],
    // The client of the manual says its own.
    [
      'subject',
      { ...changedPlugins({ c: { subject: 'pairwise' } }), clients: least.clients ?? [] },
    ],
    ['requestObjects', changedPlugins({ c: { requestObjects: true } })],
    ['pushedRequests', changedPlugins({ c: { pushedRequests: true } })],
  ])('%s: another value would act otherwise', async (_name, options) => {
    expect(await effectsOf({ ...options, store: memoryStore() })).not.toEqual(effectsOfLeast);
  });

  it('are those of managed passwords, and of one spelling for many', () => {
    expect(resolveHashing(managedPasswords.hashing)).toEqual(resolveHashing());
    for (const typed of [' Ada ', 'ＡＤＡ', 'ﬁ', 'İ', 'straße', 'a\u0301']) {
      expect(password.identifier.normalize(typed)).toBe(normalizeIdentifier(typed));
    }
  });

  it('are those of the stores', async () => {
    expect(mongoIndexes(mongo.prefix)).toEqual(mongoIndexes());
    const kinds = [{ kind: 'Note', keys: {} }];
    expect(postgresSchema({ prefix: postgres.prefix, kinds })).toBe(postgresSchema({ kinds }));
    for (const store of [memoryStore(), memoryStore(memory)]) {
      await store.open(kinds);
      const insert = (from: number, count: number): Promise<void> =>
        store.commit(
          Array.from({ length: count }, (_, index) => ({
            insert: { kind: 'Note', id: `${from + index}`, payload: '', revision: 1, keys: {} },
          })) as never,
          0,
        );
      for (let from = 0; from < memory.maxRecords; from += 1000) await insert(from, 1000);
      await expect(insert(memory.maxRecords, 1)).rejects.toThrow();
    }
  });
});

describe('the stores of the manual', () => {
  beforeAll(() => void import.meta.jest.useFakeTimers({ now: 0 }));
  afterAll(() => void import.meta.jest.useRealTimers());

  it('wait for a silent database as long as those that are told nothing', async () => {
    const never = (): Promise<never> => new Promise(() => {});
    const pool = { connect: never };
    const connection = { readyState: 2, asPromise: never, getClient: never as never };
    const stores = [
      ...[postgresStore({ pool }), onPostgres(pool)],
      ...[mongoStore({ connection }), onMongo(connection)],
    ];
    const waits = stores.map(async (store) => {
      const opened = expect(store.open([{ kind: 'Note', keys: {} }])).rejects.toThrow();
      await expect(store.find('Note', { id: 'one' }, 0)).rejects.toThrow();
      const waited = performance.now();
      await opened;
      return waited;
    });
    await import.meta.jest.advanceTimersByTimeAsync(60_000);
    const [postgres = 0, onPostgresToo, mongo = 0, onMongoToo] = await Promise.all(waits);
    expect([onPostgresToo, onMongoToo]).toEqual([postgres, mongo]);
    expect(Math.min(postgres, mongo)).toBeGreaterThan(1000);
  });
});

describe('the reference of options', () => {
  const bases: Readonly<Record<string, object>> = {
    Options: options,
    accounts,
    resources: notes,
    clients: web,
    outbound: options.outbound,
    theme: options.theme,
    keys: options.keys,
  };
  const rows = rowsOf(readFileSync('docs/reference/options.md', 'utf8'), bases);

  it('has every option of the manual, and no other', () => {
    for (const [heading, base] of Object.entries(bases)) {
      const documented = rows.filter((row) => row.heading === heading).map(({ path }) => path);
      const tops = new Set(documented.map((path) => path.split('.')[0]));
      expect([...tops].sort()).toEqual(Object.keys(base).sort());
    }
  });

  // What this client has, and another may lack.
  const given = ['client_secret', 'redirect_uris'];
  it.each(rows.filter(({ path }) => !given.includes(path)))(
    'says the same default of $path, under $heading',
    ({ heading, path, says }) => {
      let value: unknown = bases[heading];
      for (const part of path.split('.')) value = (value as Record<string, unknown>)?.[part];
      const literal = /^`?(\d+|true|false|'[^']*')(?![\w.])/.exec(says)?.[1];
      if (says.startsWith('absent')) expect(value).toBeUndefined();
      else if (literal) expect(value).toBe(JSON.parse(literal.replaceAll("'", '"')));
      else expect(says).not.toBe('');
    },
  );
});

test('an option that the manual leaves out does not compile', () => {
  const { code, keys, refreshToken } = options;
  const { replayWindowSeconds, ...shorter } = refreshToken;
  expect(replayWindowSeconds).toBeDefined();
  void ({ code, keys, refreshToken } satisfies Every<IssueOptions>);
  // @ts-expect-error replayWindowSeconds is missing, a level down
  void ({ code, keys, refreshToken: shorter } satisfies Every<IssueOptions>);
  // @ts-expect-error refreshToken is missing
  void ({ code, keys } satisfies Every<IssueOptions>);
  expect(given({ a: undefined, b: { c: undefined, d: [{ e: undefined, f: 1 }] } })).toEqual({
    b: { d: [{ f: 1 }] },
  });
});

/** The path and value of each number, flag and word. */
function leavesOf(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  if (Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    leavesOf(member, path === '' ? name : `${path}.${name}`),
  );
}

const valueBeside = (path: string): string =>
  path.startsWith('theme.colors') ? '#123456' : path === 'lang' ? 'de' : 'another';

function withLeaf(value: unknown, [name, ...rest]: string[], leaf: unknown): object {
  const members = value as Record<string, unknown>;
  if (name === undefined) return members;
  const member = rest.length === 0 ? leaf : withLeaf(members[name], rest, leaf);
  return { ...members, [name]: member };
}

interface Row {
  readonly heading: string;
  readonly path: string;
  /** The column of the default. */
  readonly says: string;
}

/** The rows of the tables of options, under the headings that are wanted. */
function rowsOf(page: string, wanted: object): Row[] {
  let heading = '';
  return page.split('\n').flatMap((line) => {
    heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    const [, names = '', says = ''] = /^\| (.*?) \| (.*?) \|/.exec(line) ?? [];
    if (!Object.hasOwn(wanted, heading) || !names.includes('`')) return [];
    const paths = [...names.matchAll(/`([\w.]+)[^`]*`/g)].map(([, path = '']) => path);
    return paths.map((path) => ({ heading, path, says }));
  });
}
