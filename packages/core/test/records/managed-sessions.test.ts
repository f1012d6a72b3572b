import { ConfigurationError, type SessionView } from '@gatehouse/core';
import { type BrowserAgent, browserAgent } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { answerOf, bob, start } from '../interaction-page.js';
import { logIn, refresh } from '../oauth-client.js';
import { goHome, travel } from '../travel.js';

const daySeconds = 86_400;
const none = { prompt: 'none' } as const;

let host: TestHost;
const ended: object[] = [];
beforeEach(async () => {
  ended.length = 0;
  host = await startHost({ session: { idleSeconds: daySeconds, absoluteSeconds: 3 * daySeconds } });
  host.auth.on('session.ended', ({ at: _at, requestId: _id, name: _name, ...event }) => {
    ended.push(event);
  });
});
afterEach(async () => {
  goHome();
  await host.close();
});

const browser = (): BrowserAgent => browserAgent(host.origin);
const isSignedIn = async (agent: BrowserAgent): Promise<boolean> =>
  'code' in answerOf(await start(host, agent, 'web', none));

async function sessionsOf(accountId: string): Promise<readonly SessionView[]> {
  return (await host.auth.sessions.list({ accountId })).sessions;
}

async function onlySession(accountId: string): Promise<SessionView> {
  const [one, ...more] = await sessionsOf(accountId);
  if (!one || more.length > 0) throw new Error(`${more.length} more than one session`);
  return one;
}

describe('auth.sessions.list', () => {
  it('shows each browser of the account with its login, its clients and its times', async () => {
    const agent = browser();
    await logIn(host, 'web', { agent });
    await logIn(host, 'spa', { agent });
    await logIn(host, 'web', { agent: browser() });
    await logIn(host, 'web', { agent: browser(), person: bob });
    const sessions = await sessionsOf('ada');
    expect(sessions.map(({ clients }) => [...clients].sort()).sort()).toEqual([
      ['spa', 'web'],
      ['web'],
    ]);
    for (const one of sessions) {
      expect(one).toMatchObject({ accountId: 'ada', amr: ['pwd'] });
      expect(one.sessionId).toMatch(/^[\w-]{43}$/);
      expect(one.expiresAt - one.lastUsedAt).toBeCloseTo(daySeconds, -1);
      expect(one.authTime).toBeLessThanOrEqual(one.lastUsedAt);
    }
    expect(await sessionsOf('bob')).toHaveLength(1);
    expect(await sessionsOf('nobody')).toEqual([]);
  });

  it('holds nothing that opens a session', async () => {
    const agent = browser();
    await logIn(host, 'web', { agent });
    const { sessionId } = await onlySession('ada');
    const cookies = [...agent.cookies.values()].map(({ value }) => value);
    expect(cookies).not.toContain(sessionId);
    const thief = browser();
    for (const [key, cookie] of agent.cookies) {
      thief.cookies.set(key, { ...cookie, value: sessionId });
    }
    expect(await isSignedIn(thief)).toBe(false);
  });

  it('goes page by page', async () => {
    for (let count = 0; count < 3; count += 1) await logIn(host, 'web');
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const from = cursor === undefined ? {} : { cursor };
      const page = await host.auth.sessions.list({ accountId: 'ada', limit: 2, ...from });
      for (const { sessionId } of page.sessions) seen.add(sessionId);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen.size).toBe(3);
  });

  it('says when a session was used last, to a tenth of its idle lifetime', async () => {
    const agent = browser();
    await logIn(host, 'web', { agent });
    const before = await onlySession('ada');
    travel(daySeconds / 2);
    expect(await isSignedIn(agent)).toBe(true);
    const { lastUsedAt, createdAt, authTime } = await onlySession('ada');
    expect(lastUsedAt - before.lastUsedAt).toBeGreaterThanOrEqual(daySeconds / 2);
    expect([createdAt, authTime]).toEqual([before.createdAt, before.authTime]);
  });

  it('leaves out what has expired, and what was revoked with the account', async () => {
    await logIn(host, 'web');
    await host.auth.revoke({ accountId: 'ada' });
    expect(await sessionsOf('ada')).toEqual([]);
    await logIn(host, 'web');
    expect(await sessionsOf('ada')).toHaveLength(1);
    travel(daySeconds + 1);
    expect(await sessionsOf('ada')).toEqual([]);
  });

  it.each([{}, { accountId: '' }, { accountId: ['ada'] }, { accountId: { $gt: '' } }])(
    'refuses %j',
    async (by) => {
      const listed = host.auth.sessions.list(by as never);
      await expect(listed).rejects.toThrow(ConfigurationError);
    },
  );
});

describe('auth.sessions.revoke', () => {
  it('ends that session with all that came of it, and no other', async () => {
    const [agent, other] = [browser(), browser()];
    const tokens = await logIn(host, 'web', { agent });
    const { sessionId } = await onlySession('ada');
    const more = await logIn(host, 'web', { agent: other });
    await host.auth.sessions.revoke({ sessionId });
    expect([await isSignedIn(agent), await isSignedIn(other)]).toEqual([false, true]);
    expect((await refresh(host, 'web', tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(host, 'web', more.refresh_token)).status).toBe(200);
    expect(ended).toEqual([{ sessionId, accountId: 'ada', reason: 'revoked' }]);
    expect(await sessionsOf('ada')).toHaveLength(1);
  });

  it('of an unknown one, or twice, changes nothing', async () => {
    const agent = browser();
    await logIn(host, 'web', { agent });
    await host.auth.sessions.revoke({ sessionId: 'nobody' });
    expect(await isSignedIn(agent)).toBe(true);
    const { sessionId } = await onlySession('ada');
    await host.auth.sessions.revoke({ sessionId });
    await host.auth.sessions.revoke({ sessionId });
    expect(ended).toHaveLength(1);
  });
});

describe('auth.revoke({ accountId })', () => {
  it('tells of each session', async () => {
    for (let count = 0; count < 2; count += 1) await logIn(host, 'web');
    const ids = (await sessionsOf('ada')).map(({ sessionId }) => sessionId);
    await host.auth.revoke({ accountId: 'ada' });
    const events = ids.map((sessionId) => ({ sessionId, accountId: 'ada', reason: 'revoked' }));
    expect(new Set(ended)).toEqual(new Set(events));
  });
});

describe('the lifetime of a session', () => {
  it('ends when nobody has used it for so long', async () => {
    const agent = browser();
    await logIn(host, 'web', { agent });
    travel(daySeconds - 60);
    expect(await isSignedIn(agent)).toBe(true);
    travel(daySeconds + 60);
    expect(await isSignedIn(agent)).toBe(false);
  });

  it('ends after its whole time, however much it is used', async () => {
    const agent = browser();
    await logIn(host, 'web', { agent });
    for (let count = 0; count < 5; count += 1) {
      travel(daySeconds / 2);
      expect(await isSignedIn(agent)).toBe(true);
    }
    const { expiresAt, createdAt } = await onlySession('ada');
    expect(expiresAt - createdAt).toBe(3 * daySeconds);
    travel(daySeconds / 2 + 60);
    expect(await isSignedIn(agent)).toBe(false);
  });

  it('is that of the cookie too', async () => {
    const agent = browser();
    await logIn(host, 'web', { agent });
    const { expiresAt } = await onlySession('ada');
    const [, cookie] = [...agent.cookies].find(([key]) => key.includes('-session ')) ?? [];
    expect(cookie?.expires).toBe(expiresAt * 1000);
  });
});

describe('sessionsValidFrom', () => {
  it('ends the session at the next request, and tells why', async () => {
    const agent = browser();
    const tokens = await logIn(host, 'web', { agent });
    const { sessionId } = await onlySession('ada');
    logOutEverywhere('ada');
    expect(await isSignedIn(agent)).toBe(false);
    expect(ended).toEqual([{ sessionId, accountId: 'ada', reason: 'logged_out_everywhere' }]);
    expect(await sessionsOf('ada')).toEqual([]);
    expect((await refresh(host, 'web', tokens.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('gives a copy of the cookie nothing of the login that comes after it', async () => {
    const [agent, thief] = [browser(), browser()];
    await logIn(host, 'web', { agent });
    for (const [key, cookie] of agent.cookies) thief.cookies.set(key, cookie);
    expect(await isSignedIn(thief)).toBe(true);
    for (const [key, cookie] of thief.cookies)
      if (key.includes('-session')) agent.cookies.set(key, cookie);
    logOutEverywhere('ada');
    travel(2);
    await logIn(host, 'web', { agent });
    expect([await isSignedIn(agent), await isSignedIn(thief)]).toEqual([true, false]);
  });

  function logOutEverywhere(id: string): void {
    const person = host.people.get(id);
    if (person) person.validFrom = Math.floor(Date.now() / 1000) + 1;
  }
});

describe('a deactivated account', () => {
  it('loses its sessions, so that they do not come back with it', async () => {
    const agent = browser();
    await logIn(host, 'web', { agent });
    const person = host.people.get('ada');
    if (person) person.active = false;
    expect(await isSignedIn(agent)).toBe(false);
    expect(ended).toMatchObject([{ accountId: 'ada', reason: 'account_gone' }]);
    if (person) person.active = true;
    expect(await isSignedIn(agent)).toBe(false);
  });
});

describe('the other ends of a session', () => {
  it('by another login in its place, and by “use another account”, are told too', async () => {
    const agent = browser();
    await logIn(host, 'web', { agent });
    const ada = await onlySession('ada');
    const page = await start(host, agent, 'web', { prompt: 'login' });
    await agent.submit(page, bob);
    const { sessionId } = await onlySession('bob');
    const consent = await start(host, agent, 'partner');
    await agent.submit(consent, { decision: 'switch' });
    expect(ended).toEqual([
      { sessionId: ada.sessionId, accountId: 'ada', reason: 'account_changed' },
      { sessionId, accountId: 'bob', reason: 'account_changed' },
    ]);
  });
});
