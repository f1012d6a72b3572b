import { type AgentCookie, type BrowserAgent, browserAgent, type Reply } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { ada, answerOf, bob, headingOf, press, start } from '../interaction-page.js';
import { authorizationUrl } from '../oauth-client.js';
import { startSessionHost } from '../session-host.js';

// A neighbouring subdomain can plant each cookie but those whose names begin with `__Host-`. On http no name does; what stands for
// them here are the three that get it on https.
const ofHost = /-(session|accounts|login)(\.sig)? /;

let host: TestHost;
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host.close());

const wrongBrowser = [400, 'This sign-in started in another browser'];
const seen = (reply: Reply): unknown => [reply.status, headingOf(reply)];
const resumeOf = (page: Reply): string => page.url.replace('/interaction/', '/authorize/');

/** Plants what an attacker's browser got. */
function plant(
  attacker: BrowserAgent,
  victim: BrowserAgent,
  planted: (key: string, cookie: AgentCookie) => boolean = (key) => !ofHost.test(key),
): void {
  for (const [key, cookie] of attacker.cookies) {
    if (planted(key, cookie)) victim.cookies.set(key, cookie);
  }
}

async function isSignedIn(agent: BrowserAgent): Promise<boolean> {
  const reply = await start(host, agent, 'web', { prompt: 'none' });
  return 'code' in answerOf(reply);
}

describe('a login at an interaction whose cookies were planted', () => {
  it('is of no use to whoever planted the cookie of the page', async () => {
    const [attacker, victim] = [browserAgent(host.origin), browserAgent(host.origin)];
    const page = await start(host, attacker, 'web');
    plant(attacker, victim, (key) => key.includes('-interaction'));
    const answered = await press(victim, await victim.follow(page.url), ada);
    expect(answered.status).toBe(303);
    expect(seen(await attacker.get(resumeOf(page)))).toEqual(wrongBrowser);
    expect(seen(await attacker.get(page.url))).toEqual(wrongBrowser);
    expect(seen(await press(attacker, page, bob))).toEqual(wrongBrowser);
    expect(await isSignedIn(attacker)).toBe(false);
  });

  it('is of no use to whoever planted them all, and comes first', async () => {
    const [attacker, victim] = [browserAgent(host.origin), browserAgent(host.origin)];
    const page = await start(host, attacker, 'web');
    plant(attacker, victim);
    const { location = '' } = await press(victim, await victim.follow(page.url), ada);
    expect(seen(await attacker.get(location))).toEqual(wrongBrowser);
    expect(await isSignedIn(attacker)).toBe(false);
    // The person goes on as if nothing had happened.
    expect(answerOf(await victim.follow(location))).toHaveProperty('code');
    expect(await isSignedIn(victim)).toBe(true);
  });

  it('is of no use when the attacker makes up the cookie that tells browsers apart, or has an old one', async () => {
    const [attacker, victim] = [browserAgent(host.origin), browserAgent(host.origin)];
    const page = await start(host, attacker, 'web');
    plant(attacker, victim);
    await press(victim, await victim.follow(page.url), ada);
    const [key = '', cookie] = [...attacker.cookies].find(([name]) => /-login /.test(name)) ?? [];
    expect(cookie?.value).toMatch(/^[\w-]{32}$/);
    for (const value of ['', 'x', 'A'.repeat(32), `${cookie?.value};`, 'undefined', '%00']) {
      attacker.cookies.set(key, { path: '/', expires: Number.POSITIVE_INFINITY, value });
      expect(seen(await attacker.get(resumeOf(page)))).toEqual(wrongBrowser);
    }
  });

  it('by the session of the host is of no use either', async () => {
    const own = await startSessionHost();
    try {
      const [attacker, victim] = [browserAgent(own.origin), browserAgent(own.origin)];
      // Each is led to the login page of the host; the interaction stands behind it.
      const login = await start(own, attacker, 'web');
      const back = new URL(login.url).searchParams.get('returnTo') ?? '';
      await victim.post(`${own.origin}/login`, { who: 'ada' });
      plant(attacker, victim, (key) => key.includes('-interaction'));
      expect((await victim.get(back)).status).toBe(303);
      const resume = back.replace('/interaction/', '/authorize/').replace(/\/host\?.*/, '');
      expect(seen(await attacker.get(resume))).toEqual(wrongBrowser);
      expect(answerOf(await start(own, attacker, 'web', { prompt: 'none' })).error).toBe(
        'login_required',
      );
    } finally {
      await own.close();
    }
  });
});

describe('the cookie that tells browsers apart', () => {
  const valueIn = (agent: BrowserAgent): string | undefined =>
    [...agent.cookies].find(([key]) => /-login /.test(key))?.[1].value;

  it('comes with the first page, is the same for all, and says nothing', async () => {
    const agent = browserAgent(host.origin);
    await start(host, agent, 'web');
    const first = valueIn(agent);
    const page = await start(host, agent, 'partner');
    await press(agent, page, ada);
    expect([first, valueIn(agent)]).toEqual([expect.stringMatching(/^[\w-]{32}$/), first]);
    const other = browserAgent(host.origin);
    await start(host, other, 'web');
    expect(valueIn(other)).not.toBe(first);
  });

  it('is needed until the session is there, which proves the browser from then on', async () => {
    const agent = browserAgent(host.origin);
    const login = await start(host, agent, 'partner');
    const consent = await agent.submit(login, ada);
    expect(headingOf(consent)).toContain('Partner wants');
    for (const key of agent.cookies.keys()) if (/-login /.test(key)) agent.cookies.delete(key);
    const back = await agent.submit(consent, { 'decision': 'allow', 'scope:notes:read': 'on' });
    expect(answerOf(back)).toHaveProperty('code');
  });

  it('is for http and this site alone', async () => {
    const reply = await fetch(authorizationUrl(host, 'web', 'c'.repeat(43)), {
      redirect: 'manual',
    });
    const cookie = reply.headers.getSetCookie().find((line) => /-login=/.test(line));
    expect(cookie).toMatch(
      /^gatehouse[\w-]*-login=[\w-]{32}; path=\/; expires=[^;]+; samesite=lax; httponly$/i,
    );
  });
});
