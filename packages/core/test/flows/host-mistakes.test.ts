import { definePlugin, type LoginResult } from '@gatehouse/core';
import { browserAgent, type Reply } from '../browser-agent.js';
import { type HostOptions, type Person, startHost, type TestHost } from '../host.js';
import { ada, headingOf, press, start } from '../interaction-page.js';
import { logIn, redeem, refresh, takeCode } from '../oauth-client.js';
import { startSessionHost } from '../session-host.js';

type Host = Pick<TestHost, 'origin' | 'issuer' | 'mount' | 'log' | 'people' | 'auth' | 'close'>;

let host: Host | undefined;
afterEach(async () => {
  await host?.close();
  host = undefined;
});

const now = (): number => Math.floor(Date.now() / 1000);

/** What the log says went wrong, in the words of the errors. */
const errorsOf = ({ log }: Host): string[] =>
  log.filter(({ level }) => level === 'error').map(({ context }) => String(errorIn(context)));
const errorIn = (context: object): unknown => (context as { error?: unknown }).error;

const accountsOf = (people: () => Map<string, Person>, more: object = {}): HostOptions => ({
  accounts: {
    find: (id: string) => people().get(id),
    id: (person: Person) => person.id,
    ...more,
  },
});

/** Sends the right password, and follows to where the browser ends up. */
async function enter(at: TestHost): Promise<Reply> {
  const agent = browserAgent(at.origin);
  const page = await press(agent, await start(at, agent, 'web'), ada);
  return page.location === undefined ? page : agent.follow(page.location);
}

/** The login failed, a person sees a page about it, and the host's log says what to write. */
function expectMistake(page: Reply, at: Host, ...words: readonly string[]): void {
  expect([page.status, page.location]).toEqual([500, undefined]);
  expect(headingOf(page)).not.toBe('Sign in');
  for (const word of words) {
    expect(errorsOf(at)).toEqual(
      expect.arrayContaining([expect.stringContaining(word)]) as unknown as string[],
    );
    expect(page.text).not.toContain(word);
  }
}

describe('the time of a login that the host’s session says', () => {
  it.each([
    ['milliseconds', () => Date.now(), 'Math.floor(ms / 1000)'],
    ['a Date', () => new Date() as unknown as number, 'Math.floor(date.getTime() / 1000)'],
  ])('in %s is an error that names the fix, and no login', async (_title, authTime, fix) => {
    const sessions = await startSessionHost({
      accounts: {
        find: (id: string) => sessions.people.get(id),
        id: (person: Person) => person.id,
        fromRequest: () => ({
          account: sessions.people.get('ada') as Person,
          authTime: authTime(),
        }),
      },
    });
    host = sessions;
    const agent = browserAgent(sessions.origin);
    const page = await start(sessions, agent, 'web', { max_age: '1' });
    expectMistake(page, sessions, 'accounts.fromRequest: "authTime"', fix);
    expect((await sessions.auth.sessions.list({ accountId: 'ada' })).sessions).toEqual([]);
  });
});

describe('sessionsValidFrom', () => {
  it.each([
    ['milliseconds', () => Date.now() - 1000, 'Math.floor(ms / 1000)'],
    ['a Date', () => new Date(0), 'Math.floor(date.getTime() / 1000)'],
  ])('in %s is an error and not the login page again', async (_title, validFrom, fix) => {
    const started = await startHost(
      accountsOf(() => started.people, { sessionsValidFrom: validFrom }),
    );
    host = started;
    expectMistake(await enter(started), started, 'accounts.sessionsValidFrom', fix);
  });

  it('that is hours ahead is an error and not the login page again', async () => {
    const hours = (): number => now() + 7200;
    const started = await startHost(accountsOf(() => started.people, { sessionsValidFrom: hours }));
    host = started;
    expectMistake(await enter(started), started, 'accounts.sessionsValidFrom', 'time zone');
  });

  it('that is a moment ahead, by another clock, is no error: the login is void', async () => {
    const moment = (): number => now() + 20;
    const started = await startHost(
      accountsOf(() => started.people, { sessionsValidFrom: moment }),
    );
    host = started;
    const page = await enter(started);
    expect([page.status, headingOf(page)]).toEqual([200, 'Sign in']);
    expect(errorsOf(started)).toEqual([]);
  });

  it('that turns wrong later gives no token, and refuses none for good', async () => {
    let validFrom: unknown;
    const started = await startHost(
      accountsOf(() => started.people, { sessionsValidFrom: () => validFrom }),
    );
    host = started;
    const tokens = await logIn(started, 'web');
    const { code, verifier } = await takeCode(started, 'web');
    validFrom = new Date(0);
    expect((await redeem(started, 'web', code, verifier)).status).toBe(500);
    const refused = await refresh(started, 'web', tokens.refresh_token);
    expect([refused.status, refused.body.error]).toEqual([500, 'server_error']);
    expect(JSON.stringify(refused.body)).not.toContain('sessionsValidFrom');
    validFrom = undefined;
    expect((await refresh(started, 'web', tokens.refresh_token)).status).toBe(200);
  });
});

describe('an account that accounts.find does not find', () => {
  it.each([
    ['by another id', () => undefined],
    ['because it is deactivated', (person: Person) => (person.active ? person : undefined)],
  ])('%s, has the wrong password for the person, and the log says why', async (_t, find) => {
    const { passwordLogin } = await import('@gatehouse/login-password');
    const { consentScreen } = await import('@gatehouse/consent');
    const person = { id: 'ada', name: 'Ada', password: 'ada-pw', active: false };
    for (const verify of [() => person, () => person.id]) {
      await host?.close();
      const started = await startHost({
        accounts: { find: (_id: string) => find(person), id: (one: Person) => one.id },
        plugins: [passwordLogin<Person>({ verify }), consentScreen()],
      });
      host = started;
      const page = await enter(started);
      expect([headingOf(page), page.text]).toEqual(['Sign in', expect.stringMatching(/match/)]);
      const warnings = started.log.filter(({ level }) => level === 'warn');
      expect(warnings).toContainEqual(
        expect.objectContaining({
          message: expect.stringContaining('accounts.find returned nothing'),
        }),
      );
      expect(warnings.map(({ message }) => message).join()).not.toMatch(/\bada\b/);
      expect(started.log.filter(({ message }) => message === 'login.succeeded')).toEqual([]);
    }
  });
});

describe('what a login method answers', () => {
  async function loginWith(login: unknown): Promise<[Reply, TestHost]> {
    const pin = definePlugin({
      name: 'pin',
      setup: (slots) =>
        slots.loginMethod({
          name: 'pin',
          label: 'PIN',
          limited: true,
          view: () => ({ fields: [], submit: 'Go' }),
          submit: async () => ({ login: login as LoginResult }),
        }),
    });
    const started = await startHost({ plugins: [pin], clients: firstParty });
    host = started;
    const agent = browserAgent(started.origin);
    const page = await press(agent, await start(started, agent, 'web'), { method: 'pin' });
    return [page.location === undefined ? page : await agent.follow(page.location), started];
  }

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'must be { accountId, amr }, got nothing'],
    ['no id', { amr: [] }, '"accountId" must be 1 to 255 printable ASCII characters, got nothing'],
    ['an account', { accountId: { id: 'ada' }, amr: [] }, '"accountId" must be 1 to 255'],
    ['an id with NUL', { accountId: 'ada\0', amr: [] }, '"accountId" must be 1 to 255'],
    ['a megabyte', { accountId: 'a'.repeat(1e6), amr: [] }, '"accountId" must be 1 to 255'],
    ['a method that is no list', { accountId: 'ada', amr: 'pwd' }, '"amr" must be an array'],
    ['milliseconds', { accountId: 'ada', amr: [], authTime: Date.now() }, '"authTime" must be'],
    ['a Date', { accountId: 'ada', amr: [], authTime: new Date() }, '"authTime" must be'],
    ['a number as class', { accountId: 'ada', amr: [], acr: 1 }, '"acr" must be the name'],
    ['an unknown account', { accountId: 'eve', amr: [] }, 'accounts.find returned nothing'],
  ])('is refused with %s, and its name is said', async (_title, login, message) => {
    const [page, started] = await loginWith(login);
    expectMistake(page, started, message, 'the login method "pin"');
  });

  it('is a login when it is right', async () => {
    const [page] = await loginWith({ accountId: 'ada', amr: ['pin'], authTime: now() - 5 });
    expect(page.location).toContain('code=');
  });
});

const firstParty = [
  {
    client_id: 'web',
    client_secret: 'web-secret-0123456789-abcdefghijklmnop',
    redirect_uris: ['https://web.test/cb'],
    scope: 'notes:read',
    firstParty: true,
  },
];
