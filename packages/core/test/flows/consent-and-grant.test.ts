import type { Store } from '@gatehouse/core';
import { type BrowserAgent, browserAgent } from '../browser-agent.js';
import { allow, ask, isAsked, recordsOf, tokensOf } from '../consent-flow.js';
import { startHost, type TestHost } from '../host.js';
import { call, refresh, type Tokens } from '../oauth-client.js';
import { testStore } from '../test-store.js';

let host: TestHost;
let store: Store;
beforeEach(async () => {
  store = testStore();
  host = await startHost({ store });
});
afterEach(() => host.close());

const browser = (): BrowserAgent => browserAgent(host.origin);

describe('consent and grant', () => {
  async function partnerIn(agent: BrowserAgent): Promise<Tokens> {
    const page = await ask(host, agent, 'partner');
    const back = isAsked(page) ? await agent.submit(page, allow) : page;
    return tokensOf(host, back, 'partner', page.verifier);
  }

  it('are two records: one consent, and a grant for each browser', async () => {
    const [laptop, phone] = [browser(), browser()];
    const [first, second] = [await partnerIn(laptop), await partnerIn(phone)];
    expect([
      (await recordsOf(store, 'Consent')).length,
      (await recordsOf(store, 'Grant')).length,
    ]).toEqual([1, 2]);
    // The laptop signs out of the client: its family ends, the phone goes on, nobody is asked again.
    await call(host, '/revoke', 'partner', { token: first.refresh_token });
    expect((await refresh(host, 'partner', first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(host, 'partner', second.refresh_token)).status).toBe(200);
    expect(isAsked(await ask(host, browser(), 'partner'))).toBe(false);
    expect(isAsked(await ask(host, laptop, 'partner'))).toBe(false);
  });

  it('share one grant when a browser asks again, and its earlier refresh token lives', async () => {
    const agent = browser();
    const [first, second] = [await partnerIn(agent), await partnerIn(agent)];
    expect(await recordsOf(store, 'Grant')).toHaveLength(1);
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
      expect(await recordsOf(store, 'Consent')).toEqual([]);
    },
  );
});
