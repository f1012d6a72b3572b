import { type Store, wrapStore } from '@gatehouse/core';
import { browserAgent } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { answerOf, start } from '../../core/test/interaction-page.js';
import { logIn, type Tokens } from '../../core/test/oauth-client.js';
import { testStore } from '../../core/test/test-store.js';
import { notesOf } from '../../core/test/third-party-client.js';
import { signedIn, startProvider, userinfo } from './provider.js';

let host: TestHost;
/** What happens between the reads of the next commit and the commit itself. */
let meanwhile: (() => Promise<unknown>) | undefined;
const ended: string[] = [];

/** A store in which something happens before a commit. */
function interrupted(store: Store): Store {
  return wrapStore(store, async (call, name) => {
    const happen = name === 'commit' ? meanwhile : undefined;
    if (happen) meanwhile = undefined;
    await happen?.();
    return call();
  });
}

beforeEach(async () => {
  ended.length = 0;
  meanwhile = undefined;
  host = await startProvider({ store: interrupted(testStore()) });
  host.auth.on('session.ended', ({ reason }) => void ended.push(reason));
});
afterEach(() => host.close());

const openid = { scope: 'openid notes:read' } as const;

describe('a client that is given something while the session ends', () => {
  it.each([
    ['by a logout', (hint: string) => `/logout?id_token_hint=${hint}`],
    ['by its revocation', undefined],
  ] as const)('%s loses it too', async (_, path) => {
    const { agent, tokens } = await signedIn(host);
    const tab = browserAgent(host.origin);
    for (const [key, cookie] of agent.cookies) tab.cookies.set(key, cookie);
    const { sessions } = await host.auth.sessions.list({ accountId: 'ada' });
    const given: Tokens[] = [];
    meanwhile = async () => {
      given.push(await logIn(host, 'spa', { agent: tab, params: openid }));
    };
    if (path) await agent.get(`${host.issuer}${path(tokens.id_token)}`);
    else await host.auth.sessions.revoke({ sessionId: sessions[0]?.sessionId ?? '' });
    const [late] = given;
    expect(await notesOf(host, late?.access_token ?? '')).toBe(401);
    expect((await userinfo(host, late?.access_token ?? '')).status).toBe(401);
    expect(ended).toHaveLength(1);
    expect(answerOf(await start(host, tab, 'web', { ...openid, prompt: 'none' })).error).toBe(
      'login_required',
    );
  });
});

it('two logouts at once are one end', async () => {
  const { agent, tokens } = await signedIn(host);
  const url = `${host.issuer}/logout?id_token_hint=${tokens.id_token}`;
  meanwhile = () => agent.get(url);
  expect((await agent.get(url)).status).toBe(200);
  expect(ended).toEqual(['logout']);
});
