import { browserAgent, type BrowserAgent } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { ada, bob, headingOf, press, start } from '../../core/test/interaction-page.js';
import { signedIn, startProvider } from './provider.js';
import { buttonsOf, openid, select, severalAccounts } from './several-accounts.js';

let host: TestHost;
beforeEach(async () => {
  host = await startProvider();
});
afterEach(() => host.close());

const { who, both } = severalAccounts(() => host);

describe('the cookie of the accounts', () => {
  it('is for this host alone, over https, and out of reach of scripts', async () => {
    await host.close();
    const origin = 'https://id.test';
    host = await startProvider({ publicOrigin: origin });
    const agent = browserAgent(host.origin, origin);
    const login = await start(host, agent, 'web', openid);
    await agent.submit(login, ada);
    const other = await agent.submit(await start(host, agent, 'web', select), { choice: 'other' });
    const { location = '' } = await agent.press(other, bob);
    const set = (await agent.get(location)).headers.getSetCookie();
    const lines = set.filter((line) => line.includes('-accounts='));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^__Host-gatehouse(-auth)?-accounts=[\w-]+; path=\/; expires=[^;]+; samesite=lax; secure; httponly$/,
    );
  });
});

describe('hostile requests about the accounts of a browser', () => {
  it('that name a session of another browser go on as nobody else', async () => {
    const [{ agent }, stranger] = [await signedIn(host), await signedIn(host, bob)];
    expect(await who(stranger.agent)).toBe('bob');
    const { sessions } = await host.auth.sessions.list({ accountId: 'bob' });
    const sessionId = sessions[0]?.sessionId ?? '';
    for (const choice of [sessionId, '', '__proto__', '\0', `${sessionId}~`, 'x'.repeat(3000)]) {
      const page = await start(host, agent, 'web', select);
      const next = await agent.submit(page, { choice });
      expect(next.location).toBeUndefined();
      expect(headingOf(next)).toBe('Choose an account');
    }
    expect(await who(agent)).toBe('ada');
  });

  it('that name one on the login page are shown the login page', async () => {
    const { sessions } = await signedIn(host).then(() =>
      host.auth.sessions.list({ accountId: 'ada' }),
    );
    const agent = browser();
    const page = await start(host, agent, 'web', openid);
    const next = await agent.submit(page, { account: sessions[0]?.sessionId ?? '' });
    expect([next.location, headingOf(next)]).toEqual([undefined, 'Sign in']);
    expect(await who(agent)).toBe('login_required');
  });

  it('with a cookie that is made up, cut, or of another kind are those of a browser without', async () => {
    const { agent } = await both();
    const [key = '', real] = [...agent.cookies].find(([name]) => name.includes('-accounts')) ?? [];
    const session =
      [...agent.cookies].find(([name]) => name.includes('-session '))?.[1].value ?? '';
    const value = real?.value ?? '';
    for (const forged of [
      '',
      'x',
      '{}',
      '[]',
      value.slice(0, -2),
      `${value}A`,
      session,
      'A'.repeat(4000),
    ]) {
      agent.cookies.set(key, { path: '/', expires: Number.POSITIVE_INFINITY, value: forged });
      const page = await start(host, agent, 'web', select);
      expect([page.status, Object.keys(buttonsOf(page))]).toEqual([
        200,
        ['Continue as Bob', 'Use another account'],
      ]);
    }
  });

  it('read nothing about the accounts in the cookie', async () => {
    const { agent } = await both();
    const values = [...agent.cookies.values()].map(({ value }) => value);
    const texts = values.flatMap((one) => [one, Buffer.from(one, 'base64url').toString('latin1')]);
    expect(texts.join()).not.toMatch(/ada|bob/i);
  });

  it('without the form of our page change nothing', async () => {
    const { agent } = await both();
    const page = await start(host, agent, 'web', select);
    const fields = buttonsOf(page)['Continue as Ada'] ?? {};
    const wrong = await agent.post(page.url, { ...fields, csrf: 'wrong' });
    const cross = await press(agent, page, fields, { 'sec-fetch-site': 'cross-site' });
    expect([wrong.status, cross.status]).toEqual([403, 403]);
    expect(await who(agent)).toBe('bob');
  });

  const browser = (): BrowserAgent => browserAgent(host.origin);
});
