import type { Store } from '@gatehouse/core';
import { delayedStore } from '@gatehouse/store-contract';
import { type BrowserAgent, browserAgent } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { introspect, openApi, until } from '../machine-client.js';
import { call, logIn, redeem, refresh, takeCode } from '../oauth-client.js';
import { testStore } from '../test-store.js';

const publicOrigin = 'https://id.test';
let one: TestHost;
let two: TestHost;
/** What the second node hears of revocations comes after this. */
let hearing: Promise<void> | undefined;
beforeAll(async () => {
  const store = delayedStore(testStore(), { minMs: 0, maxMs: 2 });
  const list: Store['list'] = async (kind, ...rest) => {
    if (kind === 'Revocation') await hearing;
    return store.list(kind, ...rest);
  };
  // Started at once, on an empty store: they have to agree on a key.
  [one, two] = await Promise.all([
    startHost({ store, publicOrigin }),
    startHost({ store: { ...store, list }, publicOrigin }),
  ]);
});
afterAll(async () => {
  await one.close();
  await two.close();
});

const browserAt = (node: TestHost): BrowserAgent => browserAgent(node.origin, publicOrigin);

/** Whether a JWT dies on a node within two seconds. */
async function diesOn(
  node: TestHost,
  path: '/api/notes' | '/api/machine',
  token: string,
): Promise<boolean> {
  const ask = (): ReturnType<typeof openApi> => openApi(node, path, token);
  return (await until(ask, ({ status }) => status === 401, 2000)).status === 401;
}

describe('two nodes on one store', () => {
  it('accept what the other issued', async () => {
    const { access_token, refresh_token } = await logIn(one, 'web', { agent: browserAt(one) });
    expect((await openApi(two, '/api/notes', access_token)).status).toBe(200);
    expect((await introspect(two, access_token)).body.active).toBe(true);
    expect((await refresh(two, 'web', refresh_token)).status).toBe(200);
  });

  it('redeem a code once, and repeat a refresh, whichever of them is asked', async () => {
    const { code, verifier } = await takeCode(one, 'spa', { agent: browserAt(one) });
    const nodes = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? one : two));
    const answers = await Promise.all(nodes.map((node) => redeem(node, 'spa', code, verifier)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);

    const { refresh_token } = await logIn(one, 'spa', { agent: browserAt(one) });
    const renewed = await Promise.all(nodes.map((node) => refresh(node, 'spa', refresh_token)));
    for (const { status, body } of renewed) expect([status, body]).toEqual([200, renewed[0]?.body]);
  });

  it('let a JWT die within two seconds, wherever its account was revoked', async () => {
    const { access_token } = await logIn(one, 'web', { agent: browserAt(one) });
    expect((await openApi(two, '/api/notes', access_token)).status).toBe(200);
    await one.auth.revoke({ accountId: 'ada' });
    expect((await openApi(one, '/api/notes', access_token)).status).toBe(401);
    expect((await introspect(two, access_token)).body).toEqual({ active: false });
    expect(await diesOn(two, '/api/notes', access_token)).toBe(true);
  });

  it('let a JWT of a machine die within two seconds, wherever its client was revoked', async () => {
    const fields = { grant_type: 'client_credentials', scope: 'notes:read' };
    const token = String((await call(two, '/token', 'machine', fields)).body.access_token);
    expect((await openApi(two, '/api/machine', token)).status).toBe(200);
    await one.auth.revoke({ clientId: 'machine' });
    expect((await introspect(two, token, 'machine')).body).toEqual({ active: false });
    expect(await diesOn(two, '/api/machine', token)).toBe(true);
    const ask = (): ReturnType<typeof call> => call(two, '/token', 'machine', fields);
    const fresh = String((await ask()).body.access_token);
    expect((await openApi(one, '/api/machine', fresh)).status).toBe(200);
  });

  it('let nothing live that a node gave a client before it had heard of the revocation', async () => {
    const agent = browserAt(two);
    let hear = (): void => {};
    hearing = new Promise((resolve) => {
      hear = resolve;
    });
    await logIn(two, 'spa', { agent });
    await one.auth.revoke({ clientId: 'web' });
    // The browser is still logged in, and this node does not know of the revocation yet.
    const tokens = await logIn(two, 'web', { agent });
    hear();
    expect((await introspect(one, tokens.access_token)).body).toEqual({ active: false });
    expect(await diesOn(two, '/api/notes', tokens.access_token)).toBe(true);
    expect(await diesOn(one, '/api/notes', tokens.access_token)).toBe(true);
    expect((await refresh(two, 'web', tokens.refresh_token)).body.error).toBe('invalid_grant');
    const again = await logIn(two, 'web', { agent });
    expect((await introspect(one, again.access_token)).body.active).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect((await openApi(two, '/api/notes', again.access_token)).status).toBe(200);
  });
});
