import { decodeJwt } from 'jose';
import { type BrowserAgent, pkce } from '../../core/test/browser-agent.js';
import type { Person, TestHost } from '../../core/test/host.js';
import { ada, answerOf, headingOf, start } from '../../core/test/interaction-page.js';
import { authorizationUrl, codeOf, redeem, refresh } from '../../core/test/oauth-client.js';
import { signedIn, startProvider } from './provider.js';
import { buttonsOf, choose, none, openid, select, severalAccounts } from './several-accounts.js';

let host: TestHost;
const ended: object[] = [];
beforeEach(async () => {
  ended.length = 0;
  host = await startProvider();
  host.auth.on('session.ended', ({ accountId, reason }) => void ended.push({ accountId, reason }));
});
afterEach(() => host.close());

const { who, add, both } = severalAccounts(() => host);

function change(id: string, changes: Partial<Person>): void {
  const person = host.people.get(id);
  if (person) Object.assign(person, changes);
}

describe('a browser in which two people are signed in', () => {
  it('goes on as the one who came last, and ends nothing of the other', async () => {
    const { agent, refreshToken } = await both();
    expect(await who(agent)).toBe('bob');
    expect(ended).toEqual([]);
    expect((await refresh(host, 'web', refreshToken)).status).toBe(200);
    expect((await host.auth.sessions.list({ accountId: 'ada' })).sessions).toHaveLength(1);
  });

  it('is shown both, and one press goes on as the other, without a password', async () => {
    const { agent } = await both();
    const page = await start(host, agent, 'web', select);
    expect(Object.keys(buttonsOf(page))).toEqual([
      'Continue as Bob',
      'Continue as Ada',
      'Use another account',
    ]);
    expect(answerOf(await choose(agent, page, 'Continue as Ada'))).toHaveProperty('code');
    expect(await who(agent)).toBe('ada');
    const again = await start(host, agent, 'web', select);
    expect(answerOf(await choose(agent, again, 'Continue as Bob'))).toHaveProperty('code');
    expect(await who(agent)).toBe('bob');
    expect(ended).toEqual([]);
  });

  it('tells the client of the chosen account, and not that there is another', async () => {
    const { agent } = await both();
    const { verifier, challenge } = pkce();
    const page = await agent.follow(authorizationUrl(host, 'web', challenge, select));
    const back = await choose(agent, page, 'Continue as Ada');
    expect(Object.keys(answerOf(back)).sort()).toEqual(['code', 'iss', 'state']);
    const { body } = await redeem(host, 'web', codeOf(back), verifier);
    expect(JSON.stringify([body, decodeJwt(String(body.id_token))])).not.toContain('bob');
  });

  it('asks for the consent of whoever is chosen', async () => {
    const { agent } = await both();
    const page = await start(host, agent, 'partner', { ...select, scope: 'openid notes:read' });
    const consent = await choose(agent, page, 'Continue as Ada');
    expect(headingOf(consent)).toContain('Partner wants');
    expect(consent.text).toContain('Ada');
  });

  it('that has the same person log in again goes on with the session of before', async () => {
    const { agent, refreshToken } = await both();
    expect(answerOf(await add(agent, ada))).toHaveProperty('code');
    expect(await who(agent)).toBe('ada');
    expect((await refresh(host, 'web', refreshToken)).status).toBe(200);
    expect((await host.auth.sessions.list({ accountId: 'ada' })).sessions).toHaveLength(1);
    const page = await start(host, agent, 'web', select);
    expect(Object.keys(buttonsOf(page))).toEqual([
      'Continue as Ada',
      'Continue as Bob',
      'Use another account',
    ]);
  });

  it('left on the login page is signed in as before', async () => {
    const { agent } = await signedIn(host);
    await agent.submit(await start(host, agent, 'web', select), { choice: 'other' });
    expect(await who(agent)).toBe('ada');
  });

  it('must give a password where the client asks for a login (Core §3.1.2.1)', async () => {
    const { agent } = await both();
    const asked = { ...openid, prompt: 'select_account login' };
    const login = await start(host, agent, 'web', asked);
    expect([headingOf(login), Object.keys(buttonsOf(login))]).toEqual(['Sign in', ['Cancel']]);
  });

  it('has the other end of a login in its place, as everywhere', async () => {
    const { agent } = await both();
    const login = await start(host, agent, 'web', { ...openid, prompt: 'login' });
    expect(answerOf(await agent.submit(login, ada))).toHaveProperty('code');
    expect(ended).toEqual([{ accountId: 'bob', reason: 'account_changed' }]);
    const page = await start(host, agent, 'web', select);
    expect(Object.keys(buttonsOf(page))).toEqual(['Continue as Ada', 'Use another account']);
  });
});

describe('a reply of another tab that comes late', () => {
  it('and brings the cookie of the account of before lets nobody be there, or end, twice', async () => {
    const { agent } = await both();
    const late = [...agent.cookies].find(([key]) => key.includes('-session '));
    const lateSignature = [...agent.cookies].find(([key]) => key.includes('-session.sig '));
    const page = await start(host, agent, 'web', select);
    expect(answerOf(await choose(agent, page, 'Continue as Ada'))).toHaveProperty('code');
    for (const cookie of [late, lateSignature]) if (cookie) agent.cookies.set(...cookie);
    expect(await who(agent)).toBe('bob');
    const { text } = await start(host, agent, 'web', select);
    expect(text.match(/<bdi>Bob<\/bdi>/g)).toHaveLength(1);
    const logout = await agent.get(`${host.issuer}/logout?client_id=web`);
    await agent.submit(logout, { logout: 'all' });
    expect(ended).toEqual([{ accountId: 'bob', reason: 'logout' }]);
    expect([...agent.cookies.keys()].filter((key) => key.includes('-accounts'))).toEqual([]);
  });
});

describe('an account beside the browser’s', () => {
  it.each([
    ['was deactivated', () => change('ada', { active: false })],
    [
      'was logged out everywhere',
      () => change('ada', { validFrom: Math.floor(Date.now() / 1000) + 1 }),
    ],
    ['was revoked', () => host.auth.revoke({ accountId: 'ada' })],
    [
      'has its session revoked',
      async () => {
        const { sessions } = await host.auth.sessions.list({ accountId: 'ada' });
        for (const session of sessions) await host.auth.sessions.revoke(session);
      },
    ],
  ] as const)('that %s is shown no more, and no press goes on as it', async (_, happen) => {
    const { agent, hint } = await both();
    const before = await start(host, agent, 'web', select);
    await happen();
    const still = await choose(agent, before, 'Continue as Ada');
    expect(Object.keys(buttonsOf(still))).toEqual(['Continue as Bob', 'Use another account']);
    expect(await who(agent, { ...none, id_token_hint: hint })).toBe('login_required');
    expect(await who(agent)).toBe('bob');
  });

  /** A browser in which Ada, Bob and three more have logged in. */
  async function five(): Promise<BrowserAgent> {
    for (const id of ['c', 'd', 'e', 'f']) {
      host.people.set(id, { id, name: id, password: '', active: true });
    }
    const { agent } = await both();
    for (const id of ['c', 'd', 'e']) {
      await add(agent, { method: 'password', identifier: id, password: `${id}-pw` });
    }
    expect(ended).toEqual([]);
    return agent;
  }

  it('that is gone takes nobody’s place', async () => {
    const agent = await five();
    change('c', { active: false });
    await add(agent, { method: 'password', identifier: 'f', password: 'f-pw' });
    expect(ended).toEqual([{ accountId: 'c', reason: 'account_gone' }]);
    const buttons = Object.keys(buttonsOf(await start(host, agent, 'web', select)));
    expect(buttons).toEqual([
      ...['f', 'e', 'd', 'Bob', 'Ada'].map((name) => `Continue as ${name}`),
      'Use another account',
    ]);
  });

  it('is one of five at most: the one that was used longest ago ends', async () => {
    const agent = await five();
    await add(agent, { method: 'password', identifier: 'f', password: 'f-pw' });
    expect(ended).toEqual([{ accountId: 'ada', reason: 'account_changed' }]);
    const buttons = Object.keys(buttonsOf(await start(host, agent, 'web', select)));
    expect(buttons).toEqual([
      ...['f', 'e', 'd', 'c', 'Bob'].map((name) => `Continue as ${name}`),
      'Use another account',
    ]);
  });
});

describe('the pages as JSON', () => {
  const json = { 'accept': 'application/json', 'content-type': 'application/json' };

  it('name the accounts, and take one by its session', async () => {
    const { agent } = await both();
    const { url } = await start(host, agent, 'web', select);
    const page = JSON.parse((await agent.get(url, json)).text);
    expect(page.data).toMatchObject({
      account: { accountId: 'bob', label: 'Bob' },
      others: [{ account: { accountId: 'ada', label: 'Ada' } }],
    });
    const [{ sessionId }] = page.data.others;
    const cookie = [...agent.cookies]
      .filter(([, { path }]) => new URL(url).pathname.startsWith(path))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`);
    const reply = await fetch(url, {
      method: 'POST',
      headers: { ...json, origin: host.origin, cookie: cookie.join('; ') },
      body: JSON.stringify({ choice: sessionId }),
    });
    expect(await reply.json()).toEqual({ redirect: expect.stringContaining('/authorize/') });
    expect(reply.headers.getSetCookie().join()).toContain('-session=');
  });
});
