import { browserAgent } from '../browser-agent.js';
import { startHost } from '../host.js';
import { logIn } from '../oauth-client.js';
import { withoutTransactions } from '../slow-stores.js';
import { testStore } from '../test-store.js';
import { watchedStore, writes } from '../watched-store.js';

describe('two browsers of an account that come to a first-party client for the first time at once', () => {
  it('get their tokens both, also without transactions', async () => {
    const watched = watchedStore(withoutTransactions(testStore()));
    const host = await startHost({ store: watched });
    try {
      const [one, other] = [browserAgent(host.origin), browserAgent(host.origin)];
      watched.before(writes('Consent'), () => logIn(host, 'web', { agent: other }));
      await logIn(host, 'web', { agent: one });
      expect((await host.auth.grants.list({ accountId: 'ada' })).grants).toHaveLength(2);
    } finally {
      await host.close();
    }
  });
});
