import { wrapStore } from '@gatehouse/core';
import { browserAgent, pkce } from '../browser-agent.js';
import { startHost } from '../host.js';
import { authorizationUrl, logIn } from '../oauth-client.js';
import { testStore } from '../test-store.js';

it('a request waits once for a store that does not answer, also in a session of the browser', async () => {
  const held: (() => void)[] = [];
  let silent = false;
  const store = wrapStore(testStore(), async (call) => {
    if (silent) await new Promise<void>((resolve) => held.push(resolve));
    return call();
  });
  const host = await startHost({ store });
  try {
    const agent = browserAgent(host.origin);
    await logIn(host, 'web', { agent });
    silent = true;
    const started = performance.now();
    const reply = await agent.get(authorizationUrl(host, 'web', pkce().challenge));
    expect(reply.status).toBe(503);
    expect(performance.now() - started).toBeLessThan(5000);
  } finally {
    silent = false;
    for (const resolve of held) resolve();
    await host.close();
  }
});
