import { type BrowserAgent, browserAgent } from '../browser-agent.js';
import { breakableStore } from '../broken-store.js';
import { type HostOptions, startHost, type TestHost } from '../host.js';
import { ada, answerOf, press, start } from '../interaction-page.js';
import { logIn, refresh } from '../oauth-client.js';

let host: TestHost;
let failure: unknown;

/** A host with a login of ours and a logout of its own. */
async function startWithLogout(options: HostOptions = {}): Promise<void> {
  failure = undefined;
  host = await startHost({
    ...options,
    after: (app) => {
      app.post('/sign-out', (req, res, next) => {
        host.auth.logOut(req, res).then(() => res.end('bye'), next);
      });
      app.post('/sign-out-late', (req, res) => {
        res.end('bye');
        host.auth.logOut(req, res).catch((error: unknown) => {
          failure = error;
        });
      });
    },
  });
}
afterEach(() => host.close());

const none = { prompt: 'none' } as const;
const isSignedIn = async (agent: BrowserAgent): Promise<boolean> =>
  'code' in answerOf(await start(host, agent, 'web', none));
const signOut = (agent: BrowserAgent, path = '/sign-out'): Promise<{ status: number }> =>
  agent.post(`${host.origin}${path}`, {});

describe('auth.logOut', () => {
  it('ends the session of this browser alone; without OpenID Connect its tokens live on', async () => {
    await startWithLogout();
    const [agent, other] = [browserAgent(host.origin), browserAgent(host.origin)];
    const { refresh_token } = await logIn(host, 'web', { agent });
    await logIn(host, 'web', { agent: other });
    const copy = browserAgent(host.origin);
    for (const [key, cookie] of agent.cookies) copy.cookies.set(key, cookie);
    expect((await signOut(agent)).status).toBe(200);
    expect([...agent.cookies.keys()].filter((key) => key.includes('-session'))).toEqual([]);
    expect([await isSignedIn(agent), await isSignedIn(copy)]).toEqual([false, false]);
    expect(await isSignedIn(other)).toBe(true);
    expect((await refresh(host, 'web', refresh_token)).status).toBe(200);
  });

  it('works after the reply, when the cookie cannot be taken away any more', async () => {
    await startWithLogout();
    const agent = browserAgent(host.origin);
    await logIn(host, 'web', { agent });
    await signOut(agent, '/sign-out-late');
    while ((await host.auth.sessions.list({ accountId: 'ada' })).sessions.length > 0);
    expect([await isSignedIn(agent), failure]).toEqual([false, undefined]);
  });

  it('of a browser without a session, or with a cookie that is none of ours, changes nothing', async () => {
    await startWithLogout();
    const agent = browserAgent(host.origin);
    expect((await signOut(agent)).status).toBe(200);
    await logIn(host, 'web', { agent });
    const [key = '', cookie] =
      [...agent.cookies].find(([name]) => name.includes('-session ')) ?? [];
    const thief = browserAgent(host.origin);
    thief.cookies.set(key, {
      path: '/',
      expires: Number.POSITIVE_INFINITY,
      value: cookie?.value ?? '',
    });
    expect((await signOut(thief)).status).toBe(200);
    expect(await isSignedIn(agent)).toBe(true);
  });

  it('while a page is open leads whoever goes on to the login', async () => {
    await startWithLogout();
    const agent = browserAgent(host.origin);
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    await signOut(agent);
    const { location = '' } = await press(agent, consent, { decision: 'allow' });
    const login = await agent.follow(location);
    expect(login.text).toContain('name="password"');
  });

  it('fails while the store is out of reach: nobody is told otherwise', async () => {
    const store = breakableStore();
    await startWithLogout({ store });
    const agent = browserAgent(host.origin);
    await logIn(host, 'web', { agent });
    store.break();
    expect((await signOut(agent)).status).toBe(500);
    store.mend();
    expect((await signOut(agent)).status).toBe(200);
    expect(await isSignedIn(agent)).toBe(false);
  });
});
