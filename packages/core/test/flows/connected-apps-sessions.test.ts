import { memoryStore } from '@gatehouse/store-memory';
import { appsOf, openApps } from '../apps-page.js';
import { breakableStore } from '../broken-store.js';
import { type BrowserAgent, browserAgent } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { logIn, refresh } from '../oauth-client.js';
import { goHome, travel } from '../travel.js';

let host: TestHost;
let ada: BrowserAgent;
let page: string;

beforeEach(async () => {
  host = await startHost();
  page = `${host.issuer}/apps`;
  ada = browserAgent(host.origin);
  await logIn(host, 'partner', { agent: ada });
});
afterEach(async () => {
  goHome();
  await host.close();
});

/** The cookies of a browser, for requests that it would not make. */
const cookieOf = (agent: BrowserAgent): string =>
  [...agent.cookies]
    .filter(([, { path }]) => path === '/')
    .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
    .join('; ');

describe('the page of connected apps without a live session', () => {
  const expectNobody = async (cookie: string): Promise<void> => {
    const asked = await fetch(page, { headers: { cookie, accept: 'application/json' } });
    expect([asked.status, asked.headers.getSetCookie()]).toEqual([401, []]);
    expect(asked.headers.get('www-authenticate')).toBe('Cookie');
    expect(await asked.json()).toMatchObject({
      page: 'error',
      data: { kind: 'not_signed_in', error: 'login_required' },
    });
    const body = new URLSearchParams({ client_id: 'partner', csrf: 'x' });
    const sent = await fetch(page, { method: 'POST', headers: { cookie }, body });
    expect(sent.status).toBe(401);
    expect(await sent.text()).toContain('You are not signed in');
    const shown = await fetch(page, { headers: { cookie } });
    expect(shown.status).toBe(401);
    expect(await shown.text()).toContain('You are not signed in');
  };

  it('is 401: no cookie, and cookies that nobody signed', async () => {
    await expectNobody('');
    const [name = '', value = ''] = cookieOf(ada).split('; ')[0]?.split('=') ?? [];
    await expectNobody(`${name}=${value}`);
    await expectNobody(`${name}=${value}; ${name}.sig=forged`);
    await expectNobody(`${name}=~${value}; ${name}.sig=forged`);
    expect(await appsOf(host, ada)).toEqual(['partner']);
  });

  it('is 401 after the session ended, and nothing brings it back', async () => {
    const cookie = cookieOf(ada);
    const { grants } = await host.auth.grants.list({ accountId: 'ada' });
    await host.auth.revoke({ sessionId: grants[0]?.sessionId ?? '' });
    await expectNobody(cookie);
    await expectNobody(cookie);
  });

  it('is 401 after everything of the account was revoked', async () => {
    await host.auth.revoke({ accountId: 'ada' });
    await expectNobody(cookieOf(ada));
  });

  it('is 401 for a deactivated account, and good again once it is active', async () => {
    const person = host.people.get('ada');
    if (person) person.active = false;
    await expectNobody(cookieOf(ada));
    if (person) person.active = true;
    expect(await appsOf(host, ada)).toEqual(['partner']);
  });

  it('is 401 for a login that the host no longer takes', async () => {
    const person = host.people.get('ada');
    if (person) person.validFrom = Math.floor(Date.now() / 1000) + 10;
    await expectNobody(cookieOf(ada));
  });

  it('is 401 past the idle time, which looking at the page does not start anew', async () => {
    const cookie = cookieOf(ada);
    const look = async (): Promise<number> => (await fetch(page, { headers: { cookie } })).status;
    travel(13 * 86_400);
    expect(await look()).toBe(200);
    travel(2 * 86_400);
    expect(await look()).toBe(401);
  });
});

describe('the page of connected apps after a change of secrets', () => {
  it('takes cookie and form of the older one, and sets no cookie to look at it', async () => {
    const store = memoryStore();
    const older = 'an-older-secret-of-the-test-host-0123456789';
    const before = await startHost({ store, secrets: [older] });
    const agent = browserAgent(before.origin);
    const { refresh_token } = await logIn(before, 'partner', { agent });
    const { body } = await openApps(before, agent);
    await before.close();
    const after = await startHost({
      store,
      secrets: ['a-newer-secret-0123456789-0123456789abc', older],
    });
    try {
      const headers = { cookie: cookieOf(agent) };
      const shown = await fetch(`${after.issuer}/apps`, { headers });
      expect([shown.status, shown.headers.getSetCookie()]).toEqual([200, []]);
      const fields = { client_id: 'partner', csrf: body.form?.csrf ?? '' };
      const sent = await fetch(`${after.issuer}/apps`, {
        method: 'POST',
        headers,
        redirect: 'manual',
        body: new URLSearchParams(fields),
      });
      expect([sent.status, sent.headers.getSetCookie()]).toEqual([303, []]);
      expect((await refresh(after, 'partner', refresh_token)).body.error).toBe('invalid_grant');
    } finally {
      await after.close();
    }
  });
});

describe('the page of connected apps with a store that is out of reach', () => {
  it('is a page, 503, that says when to try again', async () => {
    const store = breakableStore();
    const own = await startHost({ store });
    try {
      const agent = browserAgent(own.origin);
      await logIn(own, 'web', { agent });
      store.break();
      const { status, headers, text } = await agent.get(`${own.issuer}/apps`);
      expect([status, headers.get('retry-after')]).toEqual([503, '5']);
      expect(text).not.toMatch(/hunter2|ECONNREFUSED/);
      expect(own.log.some(({ message }) => message === 'store.failed')).toBe(true);
    } finally {
      await own.close();
    }
  });
});
