import { consentScreen } from '@gatehouse/consent';
import { hostLogin } from '@gatehouse/core';
import { openidConnect } from '@gatehouse/oidc';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BrowserAgent, browserAgent } from '../../core/test/browser-agent.js';
import type { Person } from '../../core/test/host.js';
import { answerOf, headingOf, start } from '../../core/test/interaction-page.js';
import {
  authorizationUrl,
  codeOf,
  redeem,
  refresh,
  type Tokens,
} from '../../core/test/oauth-client.js';
import { pkce } from '../../core/test/browser-agent.js';
import { type SessionHost, startSessionHost } from '../../core/test/session-host.js';
import { clients, userinfo } from './provider.js';

interface HostRequest {
  session?: { destroy(done: (error?: unknown) => void): void };
}

let host: SessionHost;
let endHostSession: (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;
const ended: object[] = [];

const destroy = (req: IncomingMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    const { session } = req as HostRequest;
    session?.destroy((error) => (error ? reject(error) : resolve()));
  });

beforeEach(async () => {
  ended.length = 0;
  endHostSession = destroy;
  host = await startSessionHost({
    clients: clients
      .map((one) => (one.firstParty ? { ...one, scope: 'openid notes:read ledger:read' } : one))
      .filter(({ client_id }) => client_id === 'web' || client_id === 'spa'),
    plugins: [hostLogin({ url: '/login' }), consentScreen(), openidConnect<Person>()],
    endHostSession: (req, res) => endHostSession(req, res),
  });
  host.auth.on('session.ended', ({ accountId, reason }) => void ended.push({ accountId, reason }));
});
afterEach(() => host.close());

const bye = 'https://web.test/bye';
const openid = { scope: 'openid notes:read' } as const;

function logoutUrl(params: Record<string, string>): string {
  return `${host.issuer}/logout?${new URLSearchParams(params)}`;
}

const hostLogIn = (agent: BrowserAgent, id = 'ada'): Promise<unknown> =>
  agent.post(`${host.origin}/login`, { who: id });

/** The code of a request that no page comes in between of, redeemed; or the error. */
async function silent(agent: BrowserAgent): Promise<Required<Tokens> & { error?: string }> {
  const { verifier, challenge } = pkce();
  const back = await agent.follow(
    authorizationUrl(host, 'web', challenge, { ...openid, prompt: 'none' }),
  );
  const { error } = answerOf(back);
  if (error !== undefined) return { error } as never;
  return (await redeem(host, 'web', codeOf(back), verifier)).body as never;
}

async function signedInAt(agent: BrowserAgent): Promise<Required<Tokens>> {
  await hostLogIn(agent);
  const tokens = await silent(agent);
  expect(tokens).toHaveProperty('id_token');
  return tokens;
}

async function expectOver(agent: BrowserAgent, tokens: Tokens): Promise<void> {
  expect((await silent(agent)).error).toBe('login_required');
  expect((await refresh(host, 'web', tokens.refresh_token)).body.error).toBe('invalid_grant');
  expect((await userinfo(host, tokens.access_token)).status).toBe(401);
}

describe('a logout at a client', () => {
  it('ends the host’s own session too, so that nobody is signed in again at once', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await signedInAt(agent);
    const back = await agent.get(
      logoutUrl({ id_token_hint: tokens.id_token, post_logout_redirect_uri: bye }),
    );
    expect([back.status, back.location]).toEqual([303, bye]);
    expect(ended).toEqual([{ accountId: 'ada', reason: 'logout' }]);
    await expectOver(agent, tokens);
  });

  it('asks, where no hint names the person, and ends both by one press', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await signedInAt(agent);
    const page = await agent.get(logoutUrl({ client_id: 'web' }));
    expect(headingOf(page)).toBe('Do you want to sign out?');
    const stayed = await agent.press(page, { logout: 'no' });
    expect(headingOf(stayed)).toBe('You are still signed in');
    expect(await silent(agent)).toHaveProperty('id_token');
    const again = await agent.get(logoutUrl({ client_id: 'web' }));
    await agent.press(again, { logout: 'yes' });
    await expectOver(agent, tokens);
  });

  it('ends it also where ours has ended before', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await signedInAt(agent);
    await host.auth.revoke({ accountId: 'ada' });
    await agent.get(logoutUrl({ id_token_hint: tokens.id_token }));
    expect((await silent(agent)).error).toBe('login_required');
  });

  it('of another person than the host’s asks', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await signedInAt(agent);
    await hostLogIn(agent, 'bob');
    const page = await agent.get(logoutUrl({ id_token_hint: tokens.id_token }));
    expect(headingOf(page)).toBe('Do you want to sign out?');
    expect(page.text).toContain('Bob');
    expect(await silent(agent)).toHaveProperty('id_token');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['fails', () => Promise.reject(new Error('the database of sessions is gone'))],
  ] as const)(
    'says so when the host’s function %s, and nobody is told that they are out',
    async (_, fail) => {
      const agent = browserAgent(host.origin);
      const tokens = await signedInAt(agent);
      endHostSession = fail;
      const params = { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye };
      const page = await agent.get(logoutUrl(params));
      expect([page.status, page.location, headingOf(page)]).toEqual([
        500,
        undefined,
        'Not available right now',
      ]);
      expect(page.text).not.toContain('database of sessions');
      expect(host.log.filter(({ level }) => level === 'error')).toHaveLength(1);
      expect(ended).toEqual([]);
      endHostSession = destroy;
      expect((await agent.get(logoutUrl(params))).location).toBe(bye);
      await expectOver(agent, tokens);
    },
  );

  it('while another tab is given something calls the host’s function once, and is a logout', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await signedInAt(agent);
    const tab = browserAgent(host.origin);
    for (const [key, cookie] of agent.cookies) tab.cookies.set(key, cookie);
    let calls = 0;
    endHostSession = async (req) => {
      calls += 1;
      expect(answerOf(await start(host, tab, 'spa', openid))).toHaveProperty('code');
      await destroy(req);
    };
    const params = { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye };
    const back = await agent.get(logoutUrl(params));
    expect([back.status, back.location, calls]).toEqual([303, bye, 1]);
    expect(ended).toEqual([{ accountId: 'ada', reason: 'logout' }]);
    expect([...agent.cookies.keys()].filter((key) => key.includes('-session'))).toEqual([]);
    await expectOver(agent, tokens);
  });

  it('that the host’s function answers by itself is logged, and ends ours all the same', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await signedInAt(agent);
    endHostSession = async (req, res) => {
      await destroy(req);
      res.end('bye');
    };
    expect((await agent.get(logoutUrl({ id_token_hint: tokens.id_token }))).text).toBe('bye');
    await expectOver(agent, tokens);
    expect(host.log.filter(({ level }) => level === 'error')).toMatchObject([
      { message: expect.stringContaining('accounts.endHostSession()') },
    ]);
  });

  it('is no link that another site can press for the person', async () => {
    const agent = browserAgent(host.origin);
    await signedInAt(agent);
    for (const params of [{}, { logout: 'yes' }, { client_id: 'web', logout: 'all' }]) {
      expect(headingOf(await agent.get(logoutUrl(params)))).toBe('Do you want to sign out?');
    }
    const posted = await agent.post(`${host.issuer}/logout`, { logout: 'yes', csrf: 'x' });
    expect(posted.status).toBe(403);
    expect(await silent(agent)).toHaveProperty('id_token');
  });
});

describe('a logout at the host', () => {
  it('ends ours at the next request, without a call', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await signedInAt(agent);
    await agent.post(`${host.origin}/log-out`, {});
    await expectOver(agent, tokens);
    expect(ended).toEqual([{ accountId: 'ada', reason: 'host_logout' }]);
  });

  it('ends ours at once by auth.logOut, and takes the cookie away', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await signedInAt(agent);
    const home = await agent.post(`${host.origin}/sign-out`, {});
    expect([home.status, home.location]).toEqual([303, `${host.origin}/home`]);
    expect([...agent.cookies.keys()].filter((key) => key.includes('-session'))).toEqual([]);
    expect((await host.auth.sessions.list({ accountId: 'ada' })).sessions).toEqual([]);
    expect(ended).toEqual([{ accountId: 'ada', reason: 'logout' }]);
    await expectOver(agent, tokens);
  });

  it('by auth.logOut spares what outlives the session, and other browsers', async () => {
    const [agent, other] = [browserAgent(host.origin), browserAgent(host.origin)];
    await signedInAt(agent);
    const more = await signedInAt(other);
    await agent.post(`${host.origin}/sign-out`, {});
    expect((await refresh(host, 'web', more.refresh_token)).status).toBe(200);
  });

  it('by auth.logOut of nobody changes nothing', async () => {
    const agent = browserAgent(host.origin);
    expect((await agent.post(`${host.origin}/sign-out`, {})).status).toBe(303);
    const forged = { cookie: 'gatehouse-auth-session=x; gatehouse-auth-session.sig=y' };
    expect((await agent.post(`${host.origin}/sign-out`, {}, forged)).status).toBe(303);
    expect(ended).toEqual([]);
  });

  it('and a login as somebody else ends ours, and tells so', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await signedInAt(agent);
    await hostLogIn(agent, 'bob');
    expect(await silent(agent)).toHaveProperty('id_token');
    expect(ended).toEqual([{ accountId: 'ada', reason: 'host_user_changed' }]);
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(400);
    expect((await userinfo(host, tokens.access_token)).status).toBe(401);
  });

  it('leaves one account for the browser: use another account is the host’s login', async () => {
    const agent = browserAgent(host.origin);
    await signedInAt(agent);
    const page = await start(host, agent, 'web', { ...openid, prompt: 'select_account' });
    expect(headingOf(page)).toBe('Choose an account');
    const login = await agent.submit(page, { choice: 'other' });
    expect(headingOf(login)).toBe('Log in at the host');
    expect(host.reasons).toEqual(['switch_account']);
    expect(ended).toEqual([{ accountId: 'ada', reason: 'account_changed' }]);
  });
});
