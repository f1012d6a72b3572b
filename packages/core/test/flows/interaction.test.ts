import { delayedStore } from '@gatehouse/store-contract';
import { type BrowserAgent, browserAgent, type Reply } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { ada, answerOf, bob, headingOf, press, start } from '../interaction-page.js';
import { testStore } from '../test-store.js';
import { goHome, travel } from '../travel.js';

let host: TestHost;
beforeEach(async () => {
  host = await startHost();
});
afterEach(async () => {
  goHome();
  await host.close();
});

const browser = (): BrowserAgent => browserAgent(host.origin);
/** What the consent page asks. The test host has no name of its own. */
const consentPage = ({ origin } = host): string =>
  `Partner wants to use your ${new URL(origin).host} account`;
const allow = { decision: 'allow', 'scope:notes:read': 'on' } as const;

function copyOf(agent: BrowserAgent, origin = host.origin): BrowserAgent {
  const copy = browserAgent(origin);
  for (const [key, cookie] of agent.cookies) copy.cookies.set(key, cookie);
  return copy;
}

describe('a tab that still shows an earlier page', () => {
  it('is led to the live page when it reloads, and when it sends its form', async () => {
    const agent = browser();
    const login = await start(host, agent, 'partner');
    const consent = await agent.submit(login, ada);
    expect(headingOf(consent)).toContain('Partner wants');

    const reloaded = await agent.get(login.url);
    expect([reloaded.status, reloaded.location]).toEqual([303, consent.url]);
    const sent = await press(agent, login, bob);
    expect([sent.status, sent.location]).toEqual([303, consent.url]);
    // Bob's password did nothing: it is still Ada who is asked.
    const live = await agent.follow(consent.url);
    expect(live.text).toContain('Ada');
    expect(answerOf(await agent.submit(live, allow))).toHaveProperty('code');
  });

  it('is led to the live page from the way back too', async () => {
    const agent = browser();
    const login = await start(host, agent, 'partner');
    const resume = (await press(agent, login, ada)).location ?? '';
    const kept = copyOf(agent);
    const consent = await agent.follow(resume);
    const again = await kept.get(resume);
    expect([again.status, again.location]).toEqual([303, consent.url]);
  });

  it('gets nothing of the live page in another browser', async () => {
    const agent = browser();
    const login = await start(host, agent, 'partner');
    await agent.submit(login, ada);
    const other = await browser().follow(login.url);
    expect([other.status, headingOf(other)]).toEqual([
      400,
      'This sign-in started in another browser',
    ]);
  });
});

describe('a form that is sent twice', () => {
  it('one after the other, leads to the same next page', async () => {
    const agent = browser();
    const login = await start(host, agent, 'partner');
    const [first, second] = [await press(agent, login, ada), await press(agent, login, ada)];
    expect([first.status, second.status]).toEqual([303, 303]);
    expect(second.location).toBe(first.location);
    expect(headingOf(await agent.follow(second.location ?? ''))).toContain('Partner wants');
  });

  it('counts once: the first answer stands', async () => {
    const agent = browser();
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    const denied = await press(agent, consent, { decision: 'deny' });
    const allowed = await press(agent, consent, allow);
    expect(allowed.location).toBe(denied.location);
    expect(answerOf(await agent.follow(allowed.location ?? '')).error).toBe('access_denied');
  });

  it('after the client was answered, says so and names the way to the client', async () => {
    const agent = browser();
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    expect(answerOf(await agent.submit(consent, allow))).toHaveProperty('code');
    const again = await press(agent, consent, allow);
    expect([again.status, headingOf(again)]).toEqual([400, 'You have already answered']);
    expect(again.location).toBeUndefined();
  });

  it('at the same time on a slow store, ends on the next page or on one that explains', async () => {
    const slow = await startHost({ store: delayedStore(testStore(), { minMs: 1, maxMs: 5 }) });
    try {
      for (let round = 0; round < 5; round += 1) {
        const agent = browserAgent(slow.origin);
        const login = await start(slow, agent, 'partner');
        const posts = await Promise.all([1, 2, 3].map(() => press(agent, login, ada)));
        expect(posts.map(({ status }) => status)).toEqual([303, 303, 303]);
        // Each tab goes on with the cookies that it had.
        const ends = await Promise.all(
          posts.map(({ location = '' }) => copyOf(agent, slow.origin).follow(location)),
        );
        const headings = ends.map(headingOf);
        for (const heading of headings) {
          expect([consentPage(slow), 'This sign-in started in another browser']).toContain(heading);
        }
        expect(headings).toContain(consentPage(slow));
      }
    } finally {
      await slow.close();
    }
  });

  it('at the same time as the last page, gives the client one code', async () => {
    const slow = await startHost({ store: delayedStore(testStore(), { minMs: 1, maxMs: 5 }) });
    const codes: object[] = [];
    slow.auth.on('authorization.issued', (event) => void codes.push(event));
    try {
      const agent = browserAgent(slow.origin);
      const consent = await agent.submit(await start(slow, agent, 'partner'), ada);
      const posts = await Promise.all([1, 2, 3].map(() => press(agent, consent, allow)));
      const ends = await Promise.all(posts.map(({ location = '' }) => agent.follow(location)));
      expect(ends.filter(({ location }) => location?.includes('code='))).toHaveLength(1);
      const others = ends.filter(({ location }) => !location);
      for (const other of others) expect(headingOf(other)).toBe('You have already answered');
      expect(codes).toHaveLength(1);
    } finally {
      await slow.close();
    }
  });
});

describe('the back button', () => {
  it('on the consent page leads to the consent page', async () => {
    const agent = browser();
    const login = await start(host, agent, 'partner');
    const consent = await agent.submit(login, ada);
    expect((await agent.follow(login.url)).url).toBe(consent.url);
  });

  it('from the client shows that the question was answered', async () => {
    const agent = browser();
    const login = await start(host, agent, 'partner');
    const consent = await agent.submit(login, ada);
    const resume = (await press(agent, consent, allow)).location ?? '';
    await agent.follow(resume);
    for (const url of [consent.url, login.url, resume]) {
      const page = await agent.follow(url);
      expect([page.status, headingOf(page)]).toEqual([400, 'You have already answered']);
    }
  });
});

describe('a page that cannot be gone on with', () => {
  const visit = (agent: BrowserAgent, page: Reply): Promise<Reply[]> =>
    Promise.all([agent.get(page.url), press(agent, page, ada)]);

  it('says when it has expired, though the browser has dropped the cookie by then', async () => {
    const agent = browser();
    const page = await start(host, agent, 'partner');
    travel(3601);
    for (const reply of await visit(agent, page)) {
      expect([reply.status, headingOf(reply)]).toEqual([400, 'This page has expired']);
    }
  });

  it('says when it expired on the way back', async () => {
    const agent = browser();
    const page = await start(host, agent, 'partner');
    const { location = '' } = await press(agent, page, ada);
    travel(3601);
    expect(headingOf(await agent.get(location))).toBe('This page has expired');
  });

  it('says when nobody knows it', async () => {
    for (const path of ['/interaction/unknown', '/interaction/x/y', '/authorize/unknown']) {
      const reply = await browser().get(`${host.issuer}${path}`);
      expect([path, reply.status, headingOf(reply)]).toEqual([
        path,
        400,
        'This page no longer exists',
      ]);
    }
  });

  it('says when it belongs to another browser, for the way back too', async () => {
    const agent = browser();
    const page = await start(host, agent, 'partner');
    const other = browser();
    for (const reply of await visit(other, page)) {
      expect([reply.status, headingOf(reply)]).toEqual([
        400,
        'This sign-in started in another browser',
      ]);
    }
    const { location = '' } = await press(agent, page, ada);
    expect(headingOf(await other.get(location))).toBe('This sign-in started in another browser');
    // Nothing was lost for the one who started it.
    expect(headingOf(await agent.follow(location))).toBe(consentPage());
  });

  it('leads back to its page when the way back is taken before an answer', async () => {
    const agent = browser();
    const page = await start(host, agent, 'partner');
    const resume = page.url.replace('/interaction/', '/authorize/');
    expect((await agent.get(resume)).location).toBe(page.url);
    expect(headingOf(await agent.submit(await agent.follow(resume), ada))).toBe(consentPage());
  });

  it('names the app that the person came from, with a way there', async () => {
    const named = await startHost({
      clients: [
        {
          client_id: 'partner',
          client_name: 'Partner',
          client_uri: 'https://partner.test/',
          token_endpoint_auth_method: 'none',
          redirect_uris: ['https://partner.test/cb'],
          scope: 'notes:read',
        },
      ],
    });
    try {
      const page = await start(named, browserAgent(named.origin), 'partner');
      const other = await browserAgent(named.origin).get(page.url);
      expect(other.text).toContain('href="https://partner.test/"');
      expect(other.text).toContain('Partner');
    } finally {
      await named.close();
    }
  });
});
