import { consentScreen } from '@gatehouse/consent';
import { passwordLogin } from '@gatehouse/login-password';
import { browserAgent } from '../../../packages/core/test/browser-agent.js';
import { startHost, type TestHost } from '../../../packages/core/test/host.js';
import { logIn, refresh } from '../../../packages/core/test/oauth-client.js';
import { startSessionHost } from '../../../packages/core/test/session-host.js';
import { devices } from './other-devices.js';

let host: TestHost;
afterEach(() => host.close());

const marks = (text: string): number => text.split(', this browser').length - 1;
const rows = (text: string): number => text.split('<li>').length - 1;

it('the page of devices marks this browser, and signs out the others alone', async () => {
  const login = passwordLogin({ verify: ({ identifier }) => identifier });
  host = await startHost({ plugins: [login, consentScreen(), devices(() => host.auth.sessions)] });
  const url = `${host.issuer}/devices`;
  const here = browserAgent(host.origin);
  expect((await here.get(url)).status).toBe(401);
  const [mine, other] = [await logIn(host, 'web', { agent: here }), await logIn(host, 'web')];
  const bob = await logIn(host, 'web', { person: { identifier: 'bob', password: 'bob-pw' } });

  const page = await here.get(url);
  expect([rows(page.text), marks(page.text)]).toEqual([2, 1]);
  expect((await here.post(url, {})).status).toBe(403);
  const { text } = await here.submit(page, {});
  expect([rows(text), marks(text)]).toEqual([1, 1]);
  expect((await refresh(host, 'web', other.refresh_token)).body.error).toBe('invalid_grant');
  expect((await refresh(host, 'web', mine.refresh_token)).status).toBe(200);
  expect((await refresh(host, 'web', bob.refresh_token)).status).toBe(200);
});

it('a session that is ended comes back without a question where the app’s own session is the login', async () => {
  const app = await startSessionHost();
  host = app;
  const agent = browserAgent(app.origin);
  await agent.post(`${app.origin}/login`, { who: 'ada' });
  const { refresh_token } = await logIn(app, 'web', { agent });
  for (const { sessionId } of await listed()) await app.auth.sessions.revoke({ sessionId });
  expect(await listed()).toEqual([]);
  expect((await refresh(app, 'web', refresh_token)).body.error).toBe('invalid_grant');

  await logIn(app, 'web', { agent });
  expect(app.reasons).toEqual([]);
  expect(await listed()).toHaveLength(1);

  async function listed() {
    return (await app.auth.sessions.list({ accountId: 'ada' })).sessions;
  }
});
