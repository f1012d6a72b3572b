import { delayedStore } from '@gatehouse/store-contract';
import { type BrowserAgent, browserAgent, pkce, type Reply } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { ada, answerOf, bob, headingOf, press, start } from '../interaction-page.js';
import { authorizationUrl, call, logIn, redeem, refresh } from '../oauth-client.js';
import { startSessionHost } from '../session-host.js';
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

const none = { prompt: 'none' } as const;
const allow = { decision: 'allow', 'scope:notes:read': 'on' } as const;
const revokeAda = (): Promise<void> => host.auth.revoke({ accountId: 'ada' });

/** Nothing is left of Ada: the session does not count, and what the client got opens nothing. */
async function expectNothing(
  agent: BrowserAgent,
  end: Reply,
  verifier: string,
  on = host,
): Promise<void> {
  const { code } = answerOf(end);
  if (code !== undefined) {
    const { status, body } = await redeem(on, 'web', code, verifier);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  }
  expect(answerOf(await start(on, agent, 'web', none)).error).toBe('login_required');
}

describe('revoke({ accountId })', () => {
  it('ends the session of every browser, and every refresh token', async () => {
    const agents = [browserAgent(host.origin), browserAgent(host.origin)];
    const tokens = await Promise.all(agents.map((agent) => logIn(host, 'web', { agent })));
    await revokeAda();
    for (const agent of agents) {
      expect(answerOf(await start(host, agent, 'web', none)).error).toBe('login_required');
    }
    for (const { refresh_token, access_token } of tokens) {
      expect((await refresh(host, 'web', refresh_token)).body.error).toBe('invalid_grant');
      expect((await call(host, '/introspect', 'web', { token: access_token })).body).toEqual({
        active: false,
      });
    }
  });

  it('leaves the sessions and tokens of other accounts alone', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await logIn(host, 'web', { agent, person: bob });
    await revokeAda();
    expect(answerOf(await start(host, agent, 'web', none))).toHaveProperty('code');
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(200);
  });

  it('lets the person log in again', async () => {
    const agent = browserAgent(host.origin);
    await logIn(host, 'web', { agent });
    await revokeAda();
    const tokens = await logIn(host, 'web', { agent });
    expect((await refresh(host, 'web', tokens.refresh_token)).status).toBe(200);
  });

  it('between the login and the way back undoes the login', async () => {
    const agent = browserAgent(host.origin);
    const { verifier, challenge } = pkce();
    const page = await agent.follow(authorizationUrl(host, 'web', challenge));
    const { location = '' } = await press(agent, page, ada);
    await revokeAda();
    const end = await agent.follow(location);
    expect(headingOf(end)).toBe('Sign in');
    await expectNothing(agent, end, verifier);
  });

  it('between the consent and the way back undoes both', async () => {
    const agent = browserAgent(host.origin);
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    const { location = '' } = await press(agent, consent, allow);
    await revokeAda();
    expect(headingOf(await agent.follow(location))).toBe('Sign in');
    const other = browserAgent(host.origin);
    const asked = await other.submit(await start(host, other, 'partner'), ada);
    expect(headingOf(asked)).toContain('Partner wants');
  });

  it('between the code and its redemption makes the code void', async () => {
    const agent = browserAgent(host.origin);
    const { verifier, challenge } = pkce();
    const page = await agent.follow(authorizationUrl(host, 'web', challenge));
    const end = await agent.submit(page, ada);
    expect(answerOf(end)).toHaveProperty('code');
    await revokeAda();
    await expectNothing(agent, end, verifier);
  });

  it('while an authorization runs leaves no session behind, wherever it is', async () => {
    const slow = await startHost({ store: delayedStore(testStore(), { minMs: 1, maxMs: 5 }) });
    try {
      for (let round = 0; round < 20; round += 1) {
        const agent = browserAgent(slow.origin);
        const { verifier, challenge } = pkce();
        const page = await agent.follow(authorizationUrl(slow, 'web', challenge));
        const { location = '' } = await press(agent, page, ada);
        const revoked = wait(round).then(() => slow.auth.revoke({ accountId: 'ada' }));
        const [end] = await Promise.all([agent.follow(location), revoked]);
        await expectNothing(agent, end, verifier, slow);
      }
    } finally {
      await slow.close();
    }
  });

  it('while the host’s session makes one leaves none behind that could be gone on with', async () => {
    const slow = await startSessionHost({
      store: delayedStore(testStore(), { minMs: 1, maxMs: 5 }),
    });
    try {
      for (let round = 0; round < 10; round += 1) {
        const agent = browserAgent(slow.origin);
        await agent.post(`${slow.origin}/login`, { who: 'ada' });
        const { verifier, challenge } = pkce();
        const running = agent.follow(authorizationUrl(slow, 'web', challenge));
        await wait(round);
        await slow.auth.revoke({ accountId: 'ada' });
        const { code = '' } = answerOf(await running);
        const { body } = await redeem(slow, 'web', code, verifier);
        // Either the login was before the revocation, and dead, or after it, and whole.
        if (body.error === undefined) {
          expect((await refresh(slow, 'web', String(body.refresh_token))).status).toBe(200);
        } else expect(body.error).toBe('invalid_grant');
      }
    } finally {
      await slow.close();
    }
  });
});

describe('a deactivated account', () => {
  it('gets no code, no token and no refresh, and is inactive at introspection', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await logIn(host, 'web', { agent });
    const { verifier, challenge } = pkce();
    const back = await agent.follow(authorizationUrl(host, 'web', challenge));
    const person = host.people.get('ada');
    if (person) person.active = false;
    const { body } = await redeem(host, 'web', answerOf(back).code ?? '', verifier);
    expect(body.error).toBe('invalid_grant');
    expect((await refresh(host, 'web', tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await call(host, '/introspect', 'web', { token: tokens.access_token })).body).toEqual({
      active: false,
    });
    expect(answerOf(await start(host, agent, 'web', none)).error).toBe('login_required');
  });
});

describe('sessionsValidFrom', () => {
  it('later than the login voids session, code, refresh token and introspection; a new login counts', async () => {
    const agent = browserAgent(host.origin);
    const tokens = await logIn(host, 'web', { agent });
    const { verifier, challenge } = pkce();
    const back = await agent.follow(authorizationUrl(host, 'web', challenge));
    travel(5);
    const person = host.people.get('ada');
    if (person) person.validFrom = Math.floor(Date.now() / 1000);
    expect((await redeem(host, 'web', answerOf(back).code ?? '', verifier)).body.error).toBe(
      'invalid_grant',
    );
    expect((await refresh(host, 'web', tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await call(host, '/introspect', 'web', { token: tokens.access_token })).body).toEqual({
      active: false,
    });
    expect(answerOf(await start(host, agent, 'web', none)).error).toBe('login_required');
    expect(await logIn(host, 'web', { agent })).toMatchObject({ scope: 'notes:read' });
  });

  it('that moves while the consent page is open asks for a login again', async () => {
    const agent = browserAgent(host.origin);
    const consent = await agent.submit(await start(host, agent, 'partner'), ada);
    travel(5);
    const person = host.people.get('ada');
    if (person) person.validFrom = Math.floor(Date.now() / 1000);
    expect(headingOf(await agent.submit(consent, allow))).toBe('Sign in');
  });
});

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
