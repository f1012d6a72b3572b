import { type BrowserAgent, browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { ada, answerOf, bob, headingOf, press, start } from '../interaction-page.js';
import { authorizationUrl, codeOf, redeem } from '../oauth-client.js';

let host: TestHost;
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host.close());

const browser = (): BrowserAgent => browserAgent(host.origin);
const allow = { decision: 'allow', 'scope:notes:read': 'on' } as const;
const none = { prompt: 'none' } as const;

describe('use another account', () => {
  it('shows the login page, ends the session, and asks the next account', async () => {
    const agent = browser();
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    expect(consent.text).toContain('Ada');
    const login = await agent.submit(consent, { decision: 'switch' });
    expect(headingOf(login)).toBe('Sign in');
    expect(answerOf(await start(host, agent, 'web', none)).error).toBe('login_required');
    const next = await agent.submit(login, bob);
    expect(next.text).toContain('Bob');
    expect(next.text).not.toContain('Ada');
    expect(answerOf(await agent.submit(next, allow))).toHaveProperty('code');
    // What Bob allowed, Ada did not.
    const other = browser();
    expect(headingOf(await other.submit(await start(host, other, 'partner'), ada))).toContain(
      'Partner wants',
    );
  });
});

describe('deny', () => {
  it('at the login gives access_denied to the client, with state and iss', async () => {
    const agent = browser();
    const back = await agent.submit(await start(host, agent, 'partner'), { action: 'deny' });
    expect(answerOf(back)).toMatchObject({
      error: 'access_denied',
      state: 'the-state',
      iss: host.issuer,
    });
  });

  it('at the consent too, and the person is asked again the next time', async () => {
    const denied: object[] = [];
    host.auth.on('consent.denied', (event) => void denied.push(event));
    const agent = browser();
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    const back = await agent.submit(consent, { decision: 'deny' });
    expect(answerOf(back)).toMatchObject({
      error: 'access_denied',
      state: 'the-state',
      iss: host.issuer,
    });
    expect(denied).toMatchObject([{ accountId: 'ada', clientId: 'partner' }]);
    expect(headingOf(await start(host, agent, 'partner'))).toContain('Partner wants');
  });
});

describe('two tabs of one browser', () => {
  it('with different clients at once, both finish', async () => {
    const agent = browser();
    const [one, two] = [await start(host, agent, 'web'), await start(host, agent, 'partner')];
    const [first, second] = [await press(agent, one, ada), await press(agent, two, ada)];
    expect(answerOf(await agent.follow(first.location ?? ''))).toHaveProperty('code');
    const consent = await agent.follow(second.location ?? '');
    expect(answerOf(await agent.submit(consent, allow))).toHaveProperty('code');
  });

  it('that log in as different people: the later login is the browser’s, and both clients get who logged in', async () => {
    const agent = browser();
    const verifiers = [pkce(), pkce()] as const;
    const [one, two] = [
      await agent.follow(authorizationUrl(host, 'web', verifiers[0].challenge)),
      await agent.follow(authorizationUrl(host, 'web', verifiers[1].challenge)),
    ];
    const first = await agent.submit(one, ada);
    const second = await agent.submit(two, bob);
    const who = async (code: string, verifier: string): Promise<unknown> => {
      const { body } = await redeem(host, 'web', code, verifier);
      const headers = { authorization: `Bearer ${String(body.access_token)}` };
      return (await fetch(`${host.origin}/api/notes`, { headers })).json();
    };
    expect(await who(codeOf(second), verifiers[1].verifier)).toEqual({ who: 'bob' });
    expect(answerOf(first)).toHaveProperty('code');
    expect((await start(host, agent, 'partner')).text).toContain('Bob');
  });

  it('that log in as different people at the same time do not end in an error', async () => {
    const agent = browser();
    const [one, two] = [await start(host, agent, 'web'), await start(host, agent, 'web')];
    const [first, second] = [await press(agent, one, ada), await press(agent, two, bob)];
    expect(answerOf(await agent.follow(first.location ?? ''))).toHaveProperty('code');
    expect(answerOf(await agent.follow(second.location ?? ''))).toHaveProperty('code');
  });

  it('one of which changed the account: the other is asked as the new account', async () => {
    const agent = browser();
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    const other = await agent.submit(consent, { decision: 'switch' });
    expect(answerOf(await agent.submit(await start(host, agent, 'web'), bob))).toHaveProperty(
      'code',
    );
    const live = await agent.follow(consent.url);
    expect([headingOf(live), headingOf(other)]).toEqual(['Sign in', 'Sign in']);
  });

  it('with an interaction of an account that is no longer the browser’s starts over', async () => {
    const agent = browser();
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    const login = await start(host, agent, 'web', { prompt: 'login' });
    expect(answerOf(await agent.submit(login, bob))).toHaveProperty('code');
    // Ada's page is still open in the first tab. Allow there must not speak for Bob, nor for Ada who is gone.
    const next = await agent.submit(consent, allow);
    expect(next.location).toBeUndefined();
    expect(next.url).not.toBe(consent.url);
    expect([headingOf(next).includes('Partner wants'), next.text.includes('Bob')]).toEqual([
      true,
      true,
    ]);
    expect(answerOf(await agent.submit(next, allow))).toMatchObject({ state: 'the-state' });
  });

  it('one of which still sends the session id of before a rotation', async () => {
    const agent = browser();
    await agent.submit(await start(host, agent, 'web'), ada);
    const tab = browser();
    for (const [key, cookie] of agent.cookies) tab.cookies.set(key, cookie);
    const consent = await start(host, agent, 'partner');
    await agent.submit(consent, allow);
    const [, session] = [...agent.cookies].find(([key]) => key.includes('session ')) ?? [];
    const [, old] = [...tab.cookies].find(([key]) => key.includes('session ')) ?? [];
    expect(session?.value).not.toBe(old?.value);
    expect(answerOf(await start(host, tab, 'web', none))).toHaveProperty('code');
  });
});

describe('an account that is deactivated', () => {
  it('between login and consent gets no code: whoever goes on must log in', async () => {
    const agent = browser();
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    setActive('ada', false);
    const next = await agent.submit(consent, allow);
    expect([next.status, headingOf(next)]).toEqual([200, 'Sign in']);
    expect((await agent.submit(next, ada)).status).toBe(422);
    const asBob = await agent.submit(next, bob);
    expect(asBob.text).toContain('Bob');
  });

  it('between the consent and the way back gets no code either', async () => {
    const agent = browser();
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    const { location = '' } = await press(agent, consent, allow);
    setActive('ada', false);
    expect(headingOf(await agent.follow(location))).toBe('Sign in');
  });

  it('looks at the consent page of before, and is led to the login', async () => {
    const agent = browser();
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    setActive('ada', false);
    expect(headingOf(await agent.follow(consent.url))).toBe('Sign in');
  });

  function setActive(id: string, active: boolean): void {
    const person = host.people.get(id);
    if (person) person.active = active;
  }
});

describe('auth.revoke', () => {
  it('of the account while its consent page is open leaves no session behind', async () => {
    const agent = browser();
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    await host.auth.revoke({ accountId: 'ada' });
    expect(headingOf(await agent.submit(consent, allow))).toBe('Sign in');
    expect(answerOf(await start(host, agent, 'web', none)).error).toBe('login_required');
  });
});
