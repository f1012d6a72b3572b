import { type BrowserAgent, browserAgent, type Reply } from '../browser-agent.js';
import { loadExpress, type TestHost } from '../host.js';
import { answerOf, headingOf, start } from '../interaction-page.js';
import { logIn, refresh } from '../oauth-client.js';
import { hostSession, type SessionHost, startSessionHost } from '../session-host.js';
import { goHome, travel } from '../travel.js';

const express = await loadExpress();
const none = { prompt: 'none' } as const;

let host: SessionHost;
let ended: { accountId?: string; reason: string }[];
beforeEach(async () => {
  host = await startSessionHost();
  ended = [];
  host.auth.on('session.ended', ({ accountId, reason }) => {
    ended.push({ reason, ...(accountId === undefined ? {} : { accountId }) });
  });
});
afterEach(async () => {
  goHome();
  await host.close();
});

const browser = (): BrowserAgent => browserAgent(host.origin);
const logInAtHost = (agent: BrowserAgent, who: string): Promise<Reply> =>
  agent.post(`${host.origin}/login`, { who });
const logOutAtHost = (agent: BrowserAgent): Promise<Reply> =>
  agent.post(`${host.origin}/log-out`, {});

/** A browser that is logged in at the host, and was never here. */
async function hostBrowser(who = 'ada'): Promise<BrowserAgent> {
  const agent = browser();
  await logInAtHost(agent, who);
  return agent;
}

/** Stops at the host's login page, logs in there, and follows back. */
async function answerLogin(agent: BrowserAgent, page: Reply, who: string): Promise<Reply> {
  expect(headingOf(page)).toBe('Log in at the host');
  return agent.submit(page, { who });
}

const returnToOf = ({ url }: Reply): string => new URL(url).searchParams.get('returnTo') ?? '';

describe('the host’s session', () => {
  it('alone satisfies prompt=none', async () => {
    const back = await start(host, await hostBrowser(), 'web', none);
    expect(answerOf(back)).toMatchObject({
      code: expect.any(String),
      state: 'the-state',
      iss: host.issuer,
    });
  });

  it('is the login: no page, tokens of its account, and a refresh that outlives it', async () => {
    const agent = await hostBrowser();
    const tokens = await logIn(host, 'web', { agent });
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect(await (await fetch(`${host.origin}/api/notes`, { headers })).json()).toEqual({
      who: 'ada',
    });
    expect(host.reasons).toEqual([]);
    await logOutAtHost(agent);
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(200);
  });

  it('that does not exist is login_required with prompt=none, and the host’s login page else', async () => {
    expect(answerOf(await start(host, browser(), 'web', none)).error).toBe('login_required');
    const agent = browser();
    const page = await start(host, agent, 'web');
    expect(host.reasons).toEqual(['none']);
    expect(answerOf(await answerLogin(agent, page, 'ada'))).toHaveProperty('code');
    expect(answerOf(await start(host, agent, 'web', none))).toHaveProperty('code');
  });

  it('that began while a tab stood at the host’s login page takes that tab on', async () => {
    const agent = browser();
    const page = await start(host, agent, 'web');
    const interaction = returnToOf(page).replace(/\/host\?.*/, '');
    await logInAtHost(agent, 'ada');
    const reloaded = await agent.follow(interaction);
    // Not `reauthenticate`: this login counts.
    expect(host.reasons).toEqual(['none', 'none']);
    expect(answerOf(await agent.follow(returnToOf(reloaded)))).toHaveProperty('code');
  });

  it('does not satisfy prompt=login: only a login after the request does', async () => {
    const agent = await hostBrowser();
    travel(5);
    const page = await start(host, agent, 'web', { prompt: 'login' });
    expect(host.reasons).toEqual(['reauthenticate']);
    // Going straight back is no login.
    const back = await agent.follow(returnToOf(page));
    expect([headingOf(back), back.location]).toEqual(['Sign in', undefined]);
    const again = await agent.submit(back, { method: 'host' });
    expect(answerOf(await answerLogin(agent, again, 'ada'))).toHaveProperty('code');
  });

  it('does not satisfy prompt=login by an authTime that the host does not renew', async () => {
    const at = Math.floor(Date.now() / 1000) - 100;
    const frozen = await startSessionHost({}, () => at);
    try {
      const agent = browserAgent(frozen.origin);
      const page = await start(frozen, agent, 'web', { prompt: 'login' });
      const back = await agent.submit(page, { who: 'ada' });
      expect([headingOf(back), back.location]).toEqual(['Sign in', undefined]);
    } finally {
      await frozen.close();
    }
  });

  it('satisfies max_age by its authTime, and only within it', async () => {
    const agent = await hostBrowser();
    travel(50);
    expect(answerOf(await start(host, agent, 'web', { max_age: '60' }))).toHaveProperty('code');
    travel(11);
    expect(answerOf(await start(host, agent, 'web', { max_age: '60', ...none })).error).toBe(
      'login_required',
    );
    const page = await start(host, agent, 'web', { max_age: '60' });
    expect(host.reasons).toEqual(['reauthenticate']);
    expect(answerOf(await answerLogin(agent, page, 'ada'))).toHaveProperty('code');
  });

  it('that was renewed at the host counts from then', async () => {
    const agent = await hostBrowser();
    expect(answerOf(await start(host, agent, 'web'))).toHaveProperty('code');
    travel(100);
    await logInAtHost(agent, 'ada');
    expect(answerOf(await start(host, agent, 'web', { max_age: '60' }))).toHaveProperty('code');
  });

  it('of another person ends ours', async () => {
    const agent = await hostBrowser();
    expect(answerOf(await start(host, agent, 'web'))).toHaveProperty('code');
    await logInAtHost(agent, 'bob');
    const { access_token } = await logIn(host, 'web', { agent });
    const headers = { authorization: `Bearer ${access_token}` };
    expect(await (await fetch(`${host.origin}/api/notes`, { headers })).json()).toEqual({
      who: 'bob',
    });
    expect(ended).toEqual([{ accountId: 'ada', reason: 'host_user_changed' }]);
  });

  it('that ended ends ours', async () => {
    const agent = await hostBrowser();
    expect(answerOf(await start(host, agent, 'web'))).toHaveProperty('code');
    await logOutAtHost(agent);
    expect(answerOf(await start(host, agent, 'web', none)).error).toBe('login_required');
    expect(ended).toEqual([{ accountId: 'ada', reason: 'host_logout' }]);
  });

  it('that ended or changed while the consent page was open lets nobody allow', async () => {
    for (const leave of [logOutAtHost, (agent: BrowserAgent) => logInAtHost(agent, 'bob')]) {
      const agent = await hostBrowser();
      const consent = await start(host, agent, 'partner');
      expect(consent.text).toContain('Ada');
      await leave(agent);
      const next = await agent.submit(consent, { decision: 'allow', 'scope:notes:read': 'on' });
      expect(next.location).toBeUndefined();
      expect(next.text).not.toContain('Ada');
    }
  });

  it('of an account that is deactivated is nobody’s, and leads in no circle', async () => {
    const agent = await hostBrowser();
    const ada = host.people.get('ada');
    if (ada) ada.active = false;
    expect(answerOf(await start(host, agent, 'web', none)).error).toBe('login_required');
    const page = await start(host, agent, 'web');
    const back = await answerLogin(agent, page, 'ada');
    expect([back.status, headingOf(back), back.location]).toEqual([200, 'Sign in', undefined]);
    const again = await agent.submit(back, { method: 'host' });
    expect(answerOf(await answerLogin(agent, again, 'bob'))).toHaveProperty('code');
  });

  it('from before sessionsValidFrom is void', async () => {
    const agent = await hostBrowser();
    expect(answerOf(await start(host, agent, 'web'))).toHaveProperty('code');
    travel(5);
    const ada = host.people.get('ada');
    if (ada) ada.validFrom = Math.floor(Date.now() / 1000);
    expect(answerOf(await start(host, agent, 'web', none)).error).toBe('login_required');
    const page = await start(host, agent, 'web');
    // Not `none`: a login page may send those straight back who are logged in there.
    expect(host.reasons).toEqual(['reauthenticate']);
    const back = await agent.follow(returnToOf(page));
    expect(headingOf(back)).toBe('Sign in');
    const again = await agent.submit(back, { method: 'host' });
    expect(host.reasons).toEqual(['reauthenticate', 'reauthenticate']);
    expect(answerOf(await answerLogin(agent, again, 'ada'))).toHaveProperty('code');
  });
});

describe('use another account', () => {
  it('sends to the host’s login page, and a host session that goes on does not answer', async () => {
    const agent = await hostBrowser();
    travel(5);
    const consent = await start(host, agent, 'partner');
    const page = await agent.submit(consent, { decision: 'switch' });
    expect(host.reasons).toEqual(['switch_account']);
    expect(headingOf(await agent.follow(returnToOf(page)))).toBe('Sign in');
    const next = await answerLogin(agent, page, 'bob');
    expect([next.text.includes('Bob'), next.text.includes('Ada')]).toEqual([true, false]);
  });
});

describe('a mount before the host’s session middleware', () => {
  it('says so at every request, with the fix', async () => {
    const late = await startSessionHost({
      before: [],
      after: (app) => {
        app.use(hostSession());
        app.use(((error, _req, res, next) => {
          if (res.headersSent) return next(error);
          res.status(500).json({ code: error.code, message: error.message });
        }) as import('express').ErrorRequestHandler);
      },
    });
    try {
      for (let times = 0; times < 2; times += 1) {
        const reply = await fetch(`${late.issuer}/authorize?client_id=web`);
        const body = (await reply.json()) as { code: string; message: string };
        expect([reply.status, body.code]).toEqual([500, 'ERR_SESSION_MIDDLEWARE_ORDER']);
        expect(body.message).toContain('Move it behind app.use(session(…))');
      }
    } finally {
      await late.close();
    }
  });

  it('in a router of its own is not mistaken for it', async () => {
    const router = express.Router();
    const placed: TestHost = await startSessionHost({ before: [hostSession(), router] });
    router.use(placed.auth.routes());
    try {
      expect(answerOf(await start(placed, browserAgent(placed.origin), 'web', none)).error).toBe(
        'login_required',
      );
    } finally {
      await placed.close();
    }
  });
});

describe('a host function that throws', () => {
  it('gives a page that says so, and its words to the log alone', async () => {
    const broken = await startSessionHost({
      accounts: {
        find: (id: string) => ({ id, name: id, password: '', active: true }),
        id: ({ id }) => id,
        fromRequest: () => {
          throw new Error('the user table is on fire');
        },
      },
    });
    try {
      const page = await start(broken, browserAgent(broken.origin), 'web');
      expect([page.status, headingOf(page)]).toEqual([500, 'Not available right now']);
      expect(page.text).not.toContain('on fire');
      const errors = broken.log.filter(({ level }) => level === 'error');
      expect(errors).toMatchObject([
        { context: { error: new Error('the user table is on fire') } },
      ]);
    } finally {
      await broken.close();
    }
  });
});
