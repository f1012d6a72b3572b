import { appsOf, openApps, removeApp } from '../apps-page.js';
import { browserAgent } from '../browser-agent.js';
import { logIn, refresh } from '../oauth-client.js';
import { type SessionHost, startSessionHost } from '../session-host.js';

let host: SessionHost;
beforeEach(async () => {
  host = await startSessionHost();
});
afterEach(() => host.close());

const hostLogin = (who: string, agent = browserAgent(host.origin)) =>
  agent.post(`${host.origin}/login`, { who }).then(() => agent);

describe('the page of connected apps of a host with a session of its own', () => {
  it('sends people who are not signed in to the host’s login page, and gets them back', async () => {
    const agent = browserAgent(host.origin);
    const login = await agent.follow(`${host.issuer}/apps`);
    expect(login.text).toContain('Log in at the host');
    expect(host.reasons).toEqual(['none']);
    const back = await agent.submit(login, { who: 'ada' });
    expect([back.status, back.url.split('?')[0]]).toEqual([200, `${host.issuer}/apps`]);
    expect(back.text).toContain('Connected apps');
  });

  it('tells a front end where to go', async () => {
    const { status, body } = await openApps(host, browserAgent(host.origin));
    expect(status).toBe(200);
    const { origin, pathname, searchParams } = new URL(body.redirect ?? '');
    expect([origin, pathname]).toEqual([host.origin, '/login']);
    expect(searchParams.get('returnTo')).toMatch(/\/apps\?s=[\w-]+$/);
  });

  it('makes no circle of a login that does not count', async () => {
    const agent = await hostLogin('ada');
    const person = host.people.get('ada');
    if (person) person.active = false;
    const { location = '' } = await agent.get(`${host.issuer}/apps`);
    const returnTo = new URL(location).searchParams.get('returnTo') ?? '';
    expect(host.auth.hostLogin?.returnTo(returnTo)).toBe(returnTo);
    expect((await agent.get(returnTo)).status).toBe(401);
  });

  it('is for the host’s user before the first authorization, and removes for that user', async () => {
    const elsewhere = await hostLogin('ada');
    const { refresh_token } = await logIn(host, 'partner', { agent: elsewhere });
    const agent = await hostLogin('ada');
    expect(await appsOf(host, agent)).toEqual(['partner']);
    expect((await removeApp(host, agent, 'partner')).status).toBe(303);
    expect((await refresh(host, 'partner', refresh_token)).body.error).toBe('invalid_grant');
  });

  it('is nobody’s after a logout at the host, though our session was made by it', async () => {
    const agent = await hostLogin('ada');
    await logIn(host, 'web', { agent });
    expect(await appsOf(host, agent)).toEqual(['web']);
    await agent.post(`${host.origin}/log-out`, {});
    expect((await agent.get(`${host.issuer}/apps`)).location).toContain('/login?');
  });

  it('is another user’s as soon as the host says so, whose form the first one’s does not pass', async () => {
    const agent = await hostLogin('ada');
    await logIn(host, 'web', { agent });
    const before = await openApps(host, agent);
    await hostLogin('bob', agent);
    const now = await openApps(host, agent);
    expect([before, now].map(({ body }) => body.data?.account.accountId)).toEqual(['ada', 'bob']);
    expect(now.body.data?.apps).toEqual([]);
    const stale = { client_id: 'web', csrf: before.body.form?.csrf ?? '' };
    expect((await agent.post(`${host.issuer}/apps`, stale)).status).toBe(403);
    // Only looked at: the session of the first user is ended by the authorization endpoint, and not here.
    await hostLogin('ada', agent);
    expect(await appsOf(host, agent)).toEqual(['web']);
  });
});
