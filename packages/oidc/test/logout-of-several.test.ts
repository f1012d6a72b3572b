import type { TestHost } from '../../core/test/host.js';
import { answerOf, headingOf, start } from '../../core/test/interaction-page.js';
import { refresh } from '../../core/test/oauth-client.js';
import { startProvider } from './provider.js';
import { buttonsOf, choose, openid, select, severalAccounts } from './several-accounts.js';

let host: TestHost;
const ended: object[] = [];
beforeEach(async () => {
  ended.length = 0;
  host = await startProvider();
  host.auth.on('session.ended', ({ accountId, reason }) => void ended.push({ accountId, reason }));
});
afterEach(() => host.close());

const { who, both } = severalAccounts(() => host);

describe('a logout of one of them (RP-Initiated Logout §2)', () => {
  const logout = (params: Record<string, string>): string =>
    `${host.issuer}/logout?${new URLSearchParams(params)}`;

  it('ends the browser’s; the login page offers the other', async () => {
    const { agent } = await both();
    const page = await agent.get(logout({ client_id: 'web' }));
    expect(page.text).toContain('Also signed in in this browser');
    const done = await choose(agent, page, 'Sign out');
    expect(done.text).toContain('Still signed in in this browser');
    expect(ended).toEqual([{ accountId: 'bob', reason: 'logout' }]);
    expect(await who(agent)).toBe('login_required');
    const login = await start(host, agent, 'web', openid);
    expect(answerOf(await choose(agent, login, 'Continue as Ada'))).toHaveProperty('code');
    expect(await who(agent)).toBe('ada');
  });

  it('ends all of them where the person says so', async () => {
    const { agent, refreshToken } = await both();
    const page = await agent.get(logout({ client_id: 'web' }));
    await choose(agent, page, 'Sign out of all accounts in this browser');
    expect(new Set(ended)).toEqual(
      new Set(['ada', 'bob'].map((accountId) => ({ accountId, reason: 'logout' }))),
    );
    expect((await refresh(host, 'web', refreshToken)).status).toBe(400);
    const login = await start(host, agent, 'web', openid);
    expect(Object.keys(buttonsOf(login))).toEqual(['Cancel']);
    expect([...agent.cookies.keys()].filter((key) => key.includes('-accounts'))).toEqual([]);
  });

  it('ends the one whom the hint names, and leaves the browser’s', async () => {
    const { agent, hint } = await both();
    const done = await agent.get(logout({ id_token_hint: hint }));
    expect(headingOf(done)).toBe('You are signed out');
    expect(ended).toEqual([{ accountId: 'ada', reason: 'logout' }]);
    expect(await who(agent)).toBe('bob');
    expect(Object.keys(buttonsOf(await start(host, agent, 'web', select)))).toEqual([
      'Continue as Bob',
      'Use another account',
    ]);
  });

  it('asks about those that are left when nobody is the browser’s', async () => {
    const { agent } = await both();
    await choose(agent, await agent.get(logout({ client_id: 'web' })), 'Sign out');
    const page = await agent.get(logout({ client_id: 'web' }));
    expect(Object.keys(buttonsOf(page))).toEqual([
      'Sign out of all accounts in this browser',
      'Stay signed in',
    ]);
    await choose(agent, page, 'Sign out of all accounts in this browser');
    expect(ended).toHaveLength(2);
  });

  it('ends that of an account which is deactivated too: it does not come back with the account', async () => {
    const { agent, refreshToken } = await both();
    const person = host.people.get('ada');
    if (person) person.active = false;
    await choose(agent, await agent.get(logout({ client_id: 'web' })), 'Sign out');
    expect(new Set(ended)).toEqual(
      new Set([
        { accountId: 'ada', reason: 'account_gone' },
        { accountId: 'bob', reason: 'logout' },
      ]),
    );
    if (person) person.active = true;
    expect((await refresh(host, 'web', refreshToken)).status).toBe(400);
    expect((await host.auth.sessions.list({ accountId: 'ada' })).sessions).toEqual([]);
  });

  it('at the host by auth.logOut ends all of them', async () => {
    await host.close();
    host = await startProvider({
      after: (app) =>
        app.post('/sign-out', (req, res, next) => {
          host.auth.logOut(req, res).then(() => res.end('bye'), next);
        }),
    });
    const { agent } = await both();
    await agent.post(`${host.origin}/sign-out`, {});
    for (const accountId of ['ada', 'bob']) {
      expect((await host.auth.sessions.list({ accountId })).sessions).toEqual([]);
    }
    expect([...agent.cookies.keys()].filter((key) => /-(accounts|session)/.test(key))).toEqual([]);
  });
});
