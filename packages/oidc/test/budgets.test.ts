import { memoryStore } from '@gatehouse/store-memory';
import { browserAgent, pkce } from '../../core/test/browser-agent.js';
import { countedStore, roundCounter } from '../../core/test/round-counter.js';
import { authorizationUrl, codeOf, logIn, redeem, refresh } from '../../core/test/oauth-client.js';
import { startProvider, userinfo } from './provider.js';

describe('the sequential store rounds of OpenID Connect', () => {
  it.each(['openid', 'openid notes:read', 'openid ledger:read'])(
    'are within the budgets, for the scope %s',
    async (scope) => {
      const counter = roundCounter();
      const store = countedStore(memoryStore(), counter);
      const host = await startProvider({ store, before: [counter.middleware] });
      const agent = browserAgent(host.origin);
      await logIn(host, 'web', { agent, params: { scope } });
      const rounds: Record<string, number> = {};
      const count = async <Result>(name: string, task: Promise<Result>): Promise<Result> => {
        const result = await task;
        rounds[name] = counter.rounds();
        counter.reset();
        return result;
      };
      counter.reset();
      const { verifier, challenge } = pkce();
      const url = authorizationUrl(host, 'web', challenge, { scope, nonce: 'n' });
      const back = await count('authorize', agent.get(url));
      const { body } = await count('code exchange', redeem(host, 'web', codeOf(back), verifier));
      await count('userinfo', userinfo(host, String(body.access_token)));
      await count('refresh', refresh(host, 'web', String(body.refresh_token)));
      await host.close();
      const most = { 'authorize': 2, 'code exchange': 3, 'userinfo': 2, 'refresh': 3 };
      const over = Object.entries(most).filter(([name, limit]) => (rounds[name] ?? 99) > limit);
      expect([over, rounds]).toEqual([[], expect.anything()]);
    },
  );
});
