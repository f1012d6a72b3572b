import { delayedStore } from '@gatehouse/store-contract';
import { browserAgent } from '../browser-agent.js';
import { allow, both, isAsked } from '../consent-flow.js';
import { startHost } from '../host.js';
import { ada, answerOf, press, start } from '../interaction-page.js';
import { withoutTransactions } from '../slow-stores.js';
import { testStore } from '../test-store.js';
import { watchedStore, writes } from '../watched-store.js';

describe('consent', () => {
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
