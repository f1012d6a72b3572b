import { type ClientOptions, type Store, systemClock } from '@gatehouse/core';
import { delayedStore } from '@gatehouse/store-contract';
import { type BrowserAgent, browserAgent, pkce, type Reply } from '../browser-agent.js';
import { api, clients, startHost, type TestHost } from '../host.js';
import { ada, answerOf, bob, headingOf, press, start } from '../interaction-page.js';
import { authorizationUrl, call, codeOf, redeem, refresh } from '../oauth-client.js';
import { withoutTransactions } from '../slow-stores.js';
import { testStore } from '../test-store.js';
import { watchedStore, writes } from '../watched-store.js';

const tool: ClientOptions = {
  client_id: 'tool',
  client_name: 'A Tool',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/cb'],
  scope: 'notes:read notes:write',
};

let host: TestHost;
let store: Store;
beforeEach(async () => {
  store = testStore();
  host = await startHost({ store, clients: [...clients, tool] });
});
afterEach(() => host.close());

const browser = (): BrowserAgent => browserAgent(host.origin);
const both = { scope: 'notes:read notes:write' };
const allow = { decision: 'allow' };

/** Starts a request, logs Ada in if asked, and stops at the page or redirect after that. */
async function ask(
  agent: BrowserAgent,
  clientId: string,
  params: Record<string, string> = {},
  person = ada,
): Promise<Reply & { verifier: string }> {
  const { challenge, verifier } = pkce();
  const page = await agent.follow(authorizationUrl(host, clientId, challenge, params));
  const next = headingOf(page) === 'Sign in' ? await agent.submit(page, person) : page;
  return { ...next, verifier };
}

async function tokensOf(
  back: Reply,
  clientId: string,
  verifier: string,
  more: Record<string, string> = {},
) {
  const { status, body } = await redeem(host, clientId, codeOf(back), verifier, more);
  expect(status).toBe(200);
  return body as { scope: string; access_token: string; refresh_token: string };
}

const isAsked = ({ text }: Reply): boolean => text.includes('value="allow"');
const recordsOf = async (kind: string) =>
  (await store.list(kind, 'all', { now: systemClock.now() })).records;

describe('consent', () => {
  it('is not asked of a first-party client, and is of another', async () => {
    expect(answerOf(await ask(browser(), 'web'))).toHaveProperty('code');
    expect(isAsked(await ask(browser(), 'partner'))).toBe(true);
  });

  it('shows who asks, who is signed in, where the browser goes, and each scope in words', async () => {
    const { text } = await ask(browser(), 'partner', both);
    for (const words of [
      'Partner',
      'Ada',
      'partner.test',
      'Notes',
      'Read your notes',
      'Change your notes',
      'Use another account',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('is remembered per account and client, whatever the browser', async () => {
    const granted: object[] = [];
    host.auth.on('consent.granted', (event) => void granted.push(event));
    const agent = browser();
    await agent.submit(await ask(agent, 'partner'), allow);
    expect(granted).toMatchObject([
      { accountId: 'ada', clientId: 'partner', scopes: ['notes:read'] },
    ]);
    expect(isAsked(await ask(browser(), 'partner'))).toBe(false);
    expect(isAsked(await ask(browser(), 'partner', {}, bob as unknown as typeof ada))).toBe(true);
    expect(await recordsOf('Consent')).toHaveLength(1);
  });

  it('is asked again for more, and only for more', async () => {
    const agent = browser();
    await agent.submit(await ask(agent, 'partner'), allow);
    const more = await ask(agent, 'partner', both);
    expect(isAsked(more)).toBe(true);
    await agent.submit(more, allow);
    for (const params of [both, {}, { scope: 'notes:write' }]) {
      expect(isAsked(await ask(browser(), 'partner', params))).toBe(false);
    }
    expect(await recordsOf('Consent')).toHaveLength(1);
  });

  it('for some scopes narrows the token to them, and says so (RFC 6749 §5.1)', async () => {
    const agent = browser();
    const page = await ask(agent, 'partner', both);
    const back = await press(agent, page, { ...allow, 'scope:notes:read': 'on' });
    const tokens = await tokensOf(
      await agent.follow(back.location ?? ''),
      'partner',
      page.verifier,
    );
    expect(tokens.scope).toBe('notes:read');
    const claims = JSON.parse(
      Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(claims).toMatchObject({ scope: 'notes:read', aud: api });
    const renewed = await refresh(host, 'partner', tokens.refresh_token);
    expect(renewed.body.scope).toBe('notes:read');
    const wider = await refresh(host, 'partner', String(renewed.body.refresh_token), both);
    expect(wider.body.error).toBe('invalid_scope');
    // The no is remembered too: nobody is asked again and again.
    const again = await ask(browser(), 'partner', both);
    expect(isAsked(again)).toBe(false);
    expect((await tokensOf(again, 'partner', again.verifier)).scope).toBe('notes:read');
  });

  it('with nothing ticked is access_denied, and the next request asks again', async () => {
    const agent = browser();
    const page = await ask(agent, 'partner', both);
    const sent = await press(agent, page, allow);
    expect(answerOf(await agent.follow(sent.location ?? ''))).toMatchObject({
      error: 'access_denied',
      state: 'the-state',
    });
    expect(isAsked(await ask(agent, 'partner', both))).toBe(true);
    expect(await recordsOf('Grant')).toEqual([]);
  });

  it('gives no scope that was not asked, whatever the form says', async () => {
    const agent = browser();
    const page = await ask(agent, 'partner');
    const tampered = {
      ...allow,
      'scope:notes:read': 'on',
      'scope:notes:write': 'on',
      'scope:ledger:read': 'on',
      'scope:openid': 'on',
      'scope:__proto__': 'on',
      'scope:': 'on',
      scope: 'notes:write',
      'scope:notes:read notes:write': 'on',
    };
    const tokens = await tokensOf(await agent.submit(page, tampered), 'partner', page.verifier);
    expect(tokens.scope).toBe('notes:read');
    const [record] = await recordsOf('Consent');
    expect(JSON.parse(record?.payload ?? '{}')).toMatchObject({
      granted: { [api]: ['notes:read'] },
    });
    expect(isAsked(await ask(browser(), 'partner', both))).toBe(true);
  });

  it('is kept when another tab is answered while it is written, also without transactions', async () => {
    const watched = watchedStore(withoutTransactions(testStore()));
    const own = await startHost({ store: watched });
    try {
      const agent = browserAgent(own.origin);
      const first = await agent.submit(await start(own, agent, 'partner'), ada);
      const second = await start(own, agent, 'partner', both);
      watched.before(writes('Consent'), () =>
        press(agent, first, { ...allow, 'scope:notes:read': 'on' }),
      );
      const all = { 'scope:notes:read': 'on', 'scope:notes:write': 'on' };
      const { location = '' } = await press(agent, second, { ...allow, ...all });
      expect(answerOf(await agent.follow(location))).toHaveProperty('code');
      expect(isAsked(await start(own, agent, 'partner', both))).toBe(false);
    } finally {
      await own.close();
    }
  });

  it('given in two tabs at once ends in both of them', async () => {
    const slow = await startHost({ store: delayedStore(testStore(), { minMs: 1, maxMs: 5 }) });
    try {
      const agent = browserAgent(slow.origin);
      const first = await agent.submit(await start(slow, agent, 'partner'), ada);
      const second = await start(slow, agent, 'partner', both);
      const posts = await Promise.all([
        press(agent, first, { ...allow, 'scope:notes:read': 'on' }),
        press(agent, second, { ...allow, 'scope:notes:read': 'on', 'scope:notes:write': 'on' }),
      ]);
      for (const { location = '' } of posts) {
        expect(answerOf(await agent.follow(location))).toHaveProperty('code');
      }
      expect(isAsked(await start(slow, agent, 'partner', both))).toBe(false);
    } finally {
      await slow.close();
    }
  });
});

describe('consent and grant', () => {
  async function partnerIn(agent: BrowserAgent): Promise<{ refresh_token: string }> {
    const page = await ask(agent, 'partner');
    const back = isAsked(page) ? await agent.submit(page, allow) : page;
    return tokensOf(back, 'partner', page.verifier);
  }

  it('are two records: one consent, and a grant for each browser', async () => {
    const [laptop, phone] = [browser(), browser()];
    const [first, second] = [await partnerIn(laptop), await partnerIn(phone)];
    expect([(await recordsOf('Consent')).length, (await recordsOf('Grant')).length]).toEqual([
      1, 2,
    ]);
    // The laptop signs out of the client: its family ends, the phone goes on, nobody is asked again.
    await call(host, '/revoke', 'partner', { token: first.refresh_token });
    expect((await refresh(host, 'partner', first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(host, 'partner', second.refresh_token)).status).toBe(200);
    expect(isAsked(await ask(browser(), 'partner'))).toBe(false);
    expect(isAsked(await ask(laptop, 'partner'))).toBe(false);
  });

  it('share one grant when a browser asks again, and its earlier refresh token lives', async () => {
    const agent = browser();
    const [first, second] = [await partnerIn(agent), await partnerIn(agent)];
    expect(await recordsOf('Grant')).toHaveLength(1);
    for (const { refresh_token } of [first, second]) {
      expect((await refresh(host, 'partner', refresh_token)).status).toBe(200);
    }
  });

  it.each([{ accountId: 'ada' }, { clientId: 'partner' }])(
    'end both by revoke(%j)',
    async (target) => {
      const tokens = await partnerIn(browser());
      await host.auth.revoke(target);
      expect((await refresh(host, 'partner', tokens.refresh_token)).body.error).toBe(
        'invalid_grant',
      );
      expect(await recordsOf('Consent')).toEqual([]);
    },
  );
});

describe('a redirect that any program on the device can claim (RFC 8252 §8.6)', () => {
  const pressed = { decision: 'continue' };

  it.each(['http://127.0.0.1:51234/cb', 'com.acme.notes:/cb'])(
    'to %s takes one press each time, of a first-party client too',
    async (redirect_uri) => {
      const agent = browser();
      for (let times = 0; times < 3; times += 1) {
        const page = await ask(agent, 'cli', { redirect_uri });
        expect(page.location).toBeUndefined();
        expect(headingOf(page)).toBe('Continue to Notes CLI?');
        const back = await agent.submit(page, pressed);
        expect(back.location?.startsWith(`${redirect_uri}?`)).toBe(true);
        await tokensOf(back, 'cli', page.verifier, { redirect_uri });
      }
    },
  );

  it('can be refused', async () => {
    const agent = browser();
    const back = await agent.submit(await ask(agent, 'cli'), { decision: 'deny' });
    expect(answerOf(back)).toMatchObject({ error: 'access_denied' });
  });

  it('asks a client of others for its scopes once, and then for the press alone', async () => {
    const agent = browser();
    const params = { redirect_uri: 'http://127.0.0.1:51234/cb', ...both };
    const first = await ask(agent, 'tool', params);
    expect(isAsked(first)).toBe(true);
    const sent = await press(agent, first, { ...allow, 'scope:notes:read': 'on' });
    const tokens = await tokensOf(await agent.follow(sent.location ?? ''), 'tool', first.verifier, {
      redirect_uri: params.redirect_uri,
    });
    expect(tokens.scope).toBe('notes:read');
    // The press is for the way back. It turns no earlier no into a yes, whatever the form says.
    const second = await ask(agent, 'tool', params);
    expect(headingOf(second)).toBe('Continue to A Tool?');
    const back = await agent.submit(second, { ...pressed, 'scope:notes:write': 'on' });
    const again = await tokensOf(back, 'tool', second.verifier, {
      redirect_uri: params.redirect_uri,
    });
    expect(again.scope).toBe('notes:read');
  });

  it('is not asked of a confidential client: it proves itself at the token endpoint', async () => {
    const confidential = await startHost({
      clients: [
        {
          client_id: 'desktop',
          client_secret: 'desktop-secret-0123456789-abcdefghijkl',
          redirect_uris: ['http://127.0.0.1/cb'],
          scope: 'notes:read',
          firstParty: true,
          application_type: 'native',
        },
      ],
    });
    try {
      const agent = browserAgent(confidential.origin);
      const page = await start(confidential, agent, 'desktop', {
        redirect_uri: 'http://127.0.0.1:1/cb',
      });
      expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
    } finally {
      await confidential.close();
    }
  });
});
