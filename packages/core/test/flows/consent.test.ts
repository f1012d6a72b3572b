import type { Store } from '@gatehouse/core';
import { type BrowserAgent, browserAgent } from '../browser-agent.js';
import { allow, ask, both, isAsked, recordsOf, tokensOf } from '../consent-flow.js';
import { api, startHost, type TestHost } from '../host.js';
import { answerOf, bob, press } from '../interaction-page.js';
import { refresh } from '../oauth-client.js';
import { testStore } from '../test-store.js';

let host: TestHost;
let store: Store;
beforeEach(async () => {
  store = testStore();
  host = await startHost({ store });
});
afterEach(() => host.close());

const browser = (): BrowserAgent => browserAgent(host.origin);

describe('consent', () => {
  it('is not asked of a first-party client, and is of another', async () => {
    expect(answerOf(await ask(host, browser(), 'web'))).toHaveProperty('code');
    expect(isAsked(await ask(host, browser(), 'partner'))).toBe(true);
  });

  it('shows who asks, who is signed in, where the browser goes, and each scope in words', async () => {
    const { text } = await ask(host, browser(), 'partner', both);
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
    await agent.submit(await ask(host, agent, 'partner'), allow);
    expect(granted).toMatchObject([
      { accountId: 'ada', clientId: 'partner', scopes: ['notes:read'] },
    ]);
    expect(isAsked(await ask(host, browser(), 'partner'))).toBe(false);
    expect(isAsked(await ask(host, browser(), 'partner', {}, bob))).toBe(true);
    expect(await recordsOf(store, 'Consent')).toHaveLength(1);
  });

  it('is asked again for more, and only for more', async () => {
    const agent = browser();
    await agent.submit(await ask(host, agent, 'partner'), allow);
    const more = await ask(host, agent, 'partner', both);
    expect(isAsked(more)).toBe(true);
    await agent.submit(more, allow);
    for (const params of [both, {}, { scope: 'notes:write' }]) {
      expect(isAsked(await ask(host, browser(), 'partner', params))).toBe(false);
    }
    expect(await recordsOf(store, 'Consent')).toHaveLength(1);
  });

  it('for some scopes narrows the token to them, and says so (RFC 6749 §5.1)', async () => {
    const agent = browser();
    const page = await ask(host, agent, 'partner', both);
    const back = await press(agent, page, { ...allow, 'scope:notes:read': 'on' });
    const tokens = await tokensOf(
      host,
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
    const again = await ask(host, browser(), 'partner', both);
    expect(isAsked(again)).toBe(false);
    expect((await tokensOf(host, again, 'partner', again.verifier)).scope).toBe('notes:read');
  });

  it('with nothing ticked is access_denied, and the next request asks again', async () => {
    const agent = browser();
    const page = await ask(host, agent, 'partner', both);
    const sent = await press(agent, page, allow);
    expect(answerOf(await agent.follow(sent.location ?? ''))).toMatchObject({
      error: 'access_denied',
      state: 'the-state',
    });
    expect(isAsked(await ask(host, agent, 'partner', both))).toBe(true);
    expect(await recordsOf(store, 'Grant')).toEqual([]);
  });

  it('gives no scope that was not asked, whatever the form says', async () => {
    const agent = browser();
    const page = await ask(host, agent, 'partner');
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
    const tokens = await tokensOf(
      host,
      await agent.submit(page, tampered),
      'partner',
      page.verifier,
    );
    expect(tokens.scope).toBe('notes:read');
    const [record] = await recordsOf(store, 'Consent');
    expect(JSON.parse(record?.payload ?? '{}')).toMatchObject({
      granted: { [api]: ['notes:read'] },
    });
    expect(isAsked(await ask(host, browser(), 'partner', both))).toBe(true);
  });
});
