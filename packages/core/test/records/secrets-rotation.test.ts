import { consentScreen } from '@gatehouse/consent';
import type { Store } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { type BrowserAgent, browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { introspect, openApi } from '../machine-client.js';
import {
  authorizationUrl,
  authorize,
  call,
  codeOf,
  logIn,
  redeem,
  refresh,
  takeCode,
} from '../oauth-client.js';
import { testStore } from '../test-store.js';

const publicOrigin = 'https://id.test';
const old = 'the-old-secret-of-this-host-0123456789abcdef';
const next = 'the-new-secret-of-this-host-0123456789abcdef';
const person = { identifier: 'ada', password: 'correct horse battery' };

let opened: Store;
let kept: Store;
let host: TestHost | undefined;
beforeEach(() => {
  opened = testStore();
  // As a database is: what a server closes is its own connection.
  const { close: _close, ...store } = opened;
  kept = store;
});
afterEach(async () => {
  await host?.close();
  host = undefined;
  await opened.close?.();
});

/** The server stops, and starts again with other secrets. */
async function restart(...secrets: string[]): Promise<TestHost> {
  await host?.close();
  host = undefined;
  host = await startHost({
    store: kept,
    secrets,
    publicOrigin,
    plugins: [passwordLogin({ managed: true }), consentScreen()],
  });
  return host;
}

const browserAt = ({ origin }: TestHost): BrowserAgent => browserAgent(origin, publicOrigin);

/** The same browser at the process that came after. */
function moved(agent: BrowserAgent, to: TestHost): BrowserAgent {
  const browser = browserAt(to);
  for (const [name, cookie] of agent.cookies) browser.cookies.set(name, cookie);
  return browser;
}

describe('secrets that rotate', () => {
  it('log nobody out, void no token, and lose no code, page or password', async () => {
    const before = await restart(old);
    await before.auth.passwords.set('ada', 'ada', person.password);
    const agent = browserAt(before);
    const tokens = await logIn(before, 'web', { agent, person });
    const opaque = await logIn(before, 'web', { agent, person, params: { scope: 'ledger:read' } });
    const waiting = await takeCode(before, 'web', { agent, person });
    const stranger = browserAt(before);
    const { challenge, verifier } = pkce();
    const page = await stranger.follow(authorizationUrl(before, 'web', challenge));

    const after = await restart(next, old);
    // The cookie of the session, its sealed record, and the form of a page that was open.
    const silent = { prompt: 'none' };
    const browser = moved(agent, after);
    const again = await takeCode(after, 'web', { agent: browser, params: silent });
    expect((await redeem(after, 'web', again.code, again.verifier)).status).toBe(200);
    const form = moved(stranger, after);
    const pressed = await form.submit(page, { method: 'password', ...person });
    expect((await redeem(after, 'web', codeOf(pressed), verifier)).status).toBe(200);
    // Sealed codes and tokens, keys, and the password that is found by an HMAC.
    expect((await redeem(after, 'web', waiting.code, waiting.verifier)).status).toBe(200);
    expect((await openApi(after, '/api/notes', tokens.access_token)).status).toBe(200);
    expect((await openApi(after, '/api/ledger', opaque.access_token)).status).toBe(200);
    expect((await introspect(after, tokens.access_token)).body.active).toBe(true);
    const renewed = await refresh(after, 'web', tokens.refresh_token);
    expect(renewed.status).toBe(200);

    // What was used since is sealed under the new one, and survives the end of the old one.
    const last = await restart(next);
    expect((await openApi(last, '/api/notes', tokens.access_token)).status).toBe(200);
    expect((await refresh(last, 'web', String(renewed.body.refresh_token))).status).toBe(200);
    const fresh = await logIn(last, 'web', { agent: browserAt(last), person });
    expect((await openApi(last, '/api/notes', fresh.access_token)).status).toBe(200);
    // What was not is refused as if it were unknown.
    const { body } = await refresh(last, 'web', opaque.refresh_token);
    expect(body.error).toBe('invalid_grant');
    const gone = await authorize(
      moved(agent, last),
      authorizationUrl(last, 'web', challenge, silent),
    );
    expect(gone.location).toContain('error=login_required');
  });

  it('may be given in another order first, so that every node opens what any node seals', async () => {
    const one = await restart(old);
    const { refresh_token } = await logIn(one, 'spa', {
      agent: browserAt(one),
      person: await known(one),
    });
    const ready = await restart(old, next);
    const renewed = await refresh(ready, 'spa', refresh_token);
    const turned = await restart(next, old);
    expect((await refresh(turned, 'spa', String(renewed.body.refresh_token))).status).toBe(200);
  });

  it('are refused at start when none of them opens the keys, and the keys stay', async () => {
    const before = await restart(old);
    const listed = await before.auth.keys.list();
    await expect(restart(next)).rejects.toMatchObject({
      code: 'ERR_SECRET_WRONG',
      problems: [{ path: 'secrets', message: expect.stringContaining('signing keys') }],
    });
    expect(await (await restart(old)).auth.keys.list()).toEqual(listed);
    const fields = { grant_type: 'client_credentials', scope: 'notes:read' };
    const { status } = await call(host as TestHost, '/token', 'machine', fields);
    expect(status).toBe(200);
  });
});

async function known({ auth }: TestHost): Promise<typeof person> {
  await auth.passwords.set('ada', 'ada', person.password);
  return person;
}
