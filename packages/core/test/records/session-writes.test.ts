import type { Write } from '@gatehouse/core';
import { browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { authorizationUrl, codeOf, logIn } from '../oauth-client.js';
import { testStore } from '../test-store.js';
import { goHome, travel } from '../travel.js';
import { writes } from '../watched-store.js';

const idleSeconds = 24 * 3600;
const commits: (readonly Write[])[] = [];
let host: TestHost;

beforeEach(async () => {
  const inner = testStore();
  const store = {
    ...inner,
    async commit(all: readonly Write[], now: number) {
      commits.push(all);
      await inner.commit(all, now);
    },
  };
  host = await startHost({ store, session: { idleSeconds } });
});
afterEach(async () => {
  goHome();
  await host.close();
});

it('writes a session of which only the clock has moved once in a tenth of its idle lifetime', async () => {
  const agent = browserAgent(host.origin);
  await logIn(host, 'web', { agent });
  const authorize = async (): Promise<number> => {
    commits.length = 0;
    const reply = await agent.get(authorizationUrl(host, 'web', pkce().challenge));
    expect(codeOf(reply)).toBeTruthy();
    return commits.filter(writes('Session')).length;
  };
  expect(await authorize()).toBe(0);
  travel(idleSeconds / 20);
  expect(await authorize()).toBe(0);
  travel(idleSeconds / 10);
  expect(await authorize()).toBe(1);
  expect(await authorize()).toBe(0);
});

it('writes a session that a client is new in', async () => {
  const agent = browserAgent(host.origin);
  await logIn(host, 'web', { agent });
  commits.length = 0;
  await logIn(host, 'partner', { agent });
  expect(commits.filter(writes('Session')).length).toBeGreaterThan(0);
});
