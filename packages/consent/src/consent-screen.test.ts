import type { AuthorizationView, InteractionView, Plugin, Slots, Step } from '@gatehouse/core';
import { api, client, interaction, requested } from '../test/fixtures.js';
import type { ConsentPageData } from './consent-data.js';
import { consentScreen } from './consent-screen.js';

function unused(): never {
  throw new Error('the consent screen does not use this slot');
}

function install(plugin: Plugin): { step: Step; pages: string[]; routes: string[] } {
  let step: Step | undefined;
  const pages: string[] = [];
  const routes: string[] = [];
  const slots: Slots = {
    step(given) {
      step = given;
    },
    page: ({ name }) => void pages.push(name),
    loginMethod: unused,
    routes: ({ method, path }) => void routes.push(`${method} ${path}`),
    scope: unused,
    claims: unused,
    kind: unused,
    metadata: unused,
    on: unused,
    limit: unused,
    job: unused,
    check: unused,
    extend: unused,
    signature: unused,
    feature: unused,
  };
  plugin.setup(slots, {} as never);
  if (!step) throw new Error('no step');
  return { step, pages, routes };
}

const { step } = install(consentScreen());

const submit = (fields: Record<string, string>, change: Partial<InteractionView> = {}) =>
  step.submit(interaction(change), new Map(Object.entries(fields)));

const modeOf = async (change: Partial<InteractionView>): Promise<string> => {
  const reply = (await step.show(interaction(change))) as { data: ConsentPageData };
  return reply.data.mode;
};

const allTicked = {
  'decision': 'allow',
  'scope:email': 'on',
  'scope:notes:read': 'on',
  'scope:notes:write': 'on',
};
const everything = { granted: requested, rejected: { '': [], [api]: [] } };
const denied = { deny: { error: 'access_denied' } };

describe('the consent step', () => {
  it('comes after the login, can be asked for, and is needed when the server says so', () => {
    expect(step).toMatchObject({ name: 'consent', requestable: true, after: ['login'] });
    const consentNeeded = { reason: 'new_scopes' };
    expect(step.required({ consentNeeded } as AuthorizationView)).toBe(consentNeeded);
    expect(step.required({} as AuthorizationView)).toBeUndefined();
    expect(install(consentScreen()).pages).toEqual(['consent', 'apps']);
  });

  it('comes with the page of connected apps, unless it is switched off', () => {
    expect(install(consentScreen()).routes).toEqual(['GET /apps', 'POST /apps']);
    expect(install(consentScreen({ apps: { path: '/my/apps' } })).routes).toEqual([
      'GET /my/apps',
      'POST /my/apps',
    ]);
    const { pages, routes } = install(consentScreen({ apps: false }));
    expect([pages, routes]).toEqual([['consent'], []]);
  });

  it('answers every scope that was asked, ticked as granted and unticked as rejected', async () => {
    await expect(submit(allTicked)).resolves.toEqual({ consent: everything });
    await expect(submit({ 'decision': 'allow', 'scope:notes:read': 'on' })).resolves.toEqual({
      consent: {
        granted: { '': ['openid'], [api]: ['notes:read'] },
        rejected: { '': ['email'], [api]: ['notes:write'] },
      },
    });
  });

  it('ignores scopes that were not asked, whatever the form says', async () => {
    const forged = {
      'scope:admin': 'on',
      'scope:': 'on',
      'scope:__proto__': 'on',
      'scope': 'admin',
    };
    await expect(submit({ ...allTicked, ...forged })).resolves.toEqual({ consent: everything });
  });

  it('takes the answer of a front end that sends JSON, and only a yes as a yes', async () => {
    const answer = { 'decision': 'allow', 'scope:email': 'true', 'scope:notes:read': 'false' };
    await expect(submit(answer)).resolves.toMatchObject({
      consent: { granted: { '': ['openid', 'email'], [api]: [] } },
    });
  });

  it('is a no when nothing is ticked, and when the person cancels', async () => {
    const apiOnly = { requested: { [api]: ['notes:read'] } };
    await expect(submit({ decision: 'allow' }, apiOnly)).resolves.toMatchObject(denied);
    await expect(submit({ ...allTicked, decision: 'deny' })).resolves.toMatchObject(denied);
  });

  it('is a yes to signing in when only that is left', async () => {
    await expect(submit({ decision: 'allow' })).resolves.toMatchObject({
      consent: { granted: { '': ['openid'], [api]: [] } },
    });
  });

  it('lets the person take another account', async () => {
    await expect(submit({ decision: 'switch' })).resolves.toEqual({ switchAccount: true });
  });

  it.each([[{}], [{ decision: 'yes' }], [{ 'scope:email': 'on' }]])(
    'shows the page again for a form that decides nothing: %j',
    async (fields) => {
      await expect(submit(fields)).resolves.toMatchObject({ page: 'consent' });
    },
  );

  it('takes a request without scopes', async () => {
    await expect(submit({ decision: 'continue' }, { requested: {} })).resolves.toEqual({
      consent: { granted: {}, rejected: {} },
    });
    await expect(submit({ decision: 'allow' }, { requested: {} })).resolves.toEqual({
      consent: { granted: {}, rejected: {} },
    });
  });
});

describe('a press without a question', () => {
  const priorConsent = {
    granted: { '': ['openid', 'email'], [api]: ['notes:read'] },
    rejected: { [api]: ['notes:write'] },
  };

  it('is asked when all was answered before, and keeps the no of then', async () => {
    expect(await modeOf({ priorConsent })).toBe('continue');
    await expect(submit({ decision: 'continue' }, { priorConsent })).resolves.toEqual({
      consent: {
        granted: { '': ['openid', 'email'], [api]: ['notes:read'] },
        rejected: { '': [], [api]: ['notes:write'] },
      },
    });
  });

  it('is asked for a client of the host’s own, which gets all it asked for', async () => {
    const own = { client: { ...client, firstParty: true } };
    expect(await modeOf(own)).toBe('continue');
    await expect(submit({ decision: 'continue' }, own)).resolves.toEqual({ consent: everything });
  });

  it.each([
    ['nothing was answered before', {}],
    ['one scope is new', { priorConsent: { ...priorConsent, rejected: {} } }],
    [
      'the scope was granted for another API',
      {
        priorConsent: { granted: { x: ['notes:read'] }, rejected: {} },
        requested: { [api]: ['notes:read'] },
      },
    ],
    ['everything was refused before', { priorConsent: { granted: {}, rejected: requested } }],
    ['the client asks for the question', { priorConsent, params: { prompt: 'login consent' } }],
  ])('is not enough when %s', async (_why, change) => {
    expect(await modeOf(change)).toBe('ask');
    await expect(submit({ decision: 'continue' }, change)).resolves.toMatchObject({
      page: 'consent',
      data: { mode: 'ask' },
    });
  });
});

describe('what the page is told', () => {
  const dataOf = async (change: Partial<InteractionView> = {}, plugin = consentScreen()) => {
    const reply = await install(plugin).step.show(interaction(change));
    return (reply as { data: ConsentPageData }).data;
  };

  it('is plain data that survives JSON', async () => {
    const data = await dataOf();
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    expect(data).toEqual({
      mode: 'ask',
      client: {
        client_id: 'notes',
        name: 'Acme Notes',
        host: 'notes.example',
        client_uri: 'https://notes.example/start',
        logo_uri: 'https://notes.example/logo.png',
        policy_uri: 'https://notes.example/privacy',
        tos_uri: 'https://notes.example/terms',
      },
      account: { accountId: 'a1', label: 'ada@example.com' },
      destination: { redirectUri: 'https://app.example/cb', display: 'app.example', kind: 'https' },
      groups: [
        {
          resource: '',
          name: 'Your account',
          scopes: [
            { name: 'openid', description: 'Know who you are', checked: true, fixed: true },
            { name: 'email', description: 'See your email address', checked: true, fixed: false },
          ],
        },
        {
          resource: api,
          name: 'Acme API',
          scopes: [
            { name: 'notes:read', description: 'Read your notes', checked: true, fixed: false },
            { name: 'notes:write', description: 'Change your notes', checked: true, fixed: false },
          ],
        },
      ],
      unverified: false,
      reasons: ['new_scopes'],
    });
  });

  it('keeps a no of before unticked when the question comes again', async () => {
    const priorConsent = { granted: { '': ['openid'] }, rejected: { [api]: ['notes:write'] } };
    const { groups } = await dataOf({ priorConsent });
    const unticked = groups.flatMap(({ scopes }) => scopes.filter(({ checked }) => !checked));
    expect(unticked.map(({ name }) => name)).toEqual(['notes:write']);
  });

  it('leaves out addresses that are none for people', async () => {
    const bad = 'javascript:alert(1)';
    const data = await dataOf({
      client: {
        ...client,
        client_uri: bad,
        logo_uri: 'http://x.example/a',
        policy_uri: bad,
        tos_uri: '/x',
      },
    });
    expect(data.client).toEqual({ client_id: 'notes', name: 'Acme Notes' });
  });

  it('says who vouches for the name', async () => {
    const stored = { client: { ...client, source: 'stored' as const } };
    expect((await dataOf(stored)).unverified).toBe(true);
    const vouching = consentScreen({ isVerified: ({ client_id }) => client_id === 'notes' });
    expect((await dataOf(stored, vouching)).unverified).toBe(false);
  });

  it('knows which scopes the host fixed', async () => {
    const { groups } = await dataOf({}, consentScreen({ fixedScopes: ['notes:read'] }));
    const fixed = groups.flatMap(({ scopes }) => scopes.filter((scope) => scope.fixed));
    expect(fixed.map(({ name }) => name)).toEqual(['notes:read']);
  });
});
