import { startHost, type TestHost } from '../host.js';
import { secretOf } from '../machine-client.js';
import { logIn, type Tokens } from '../oauth-client.js';
import { sendSlowly } from '../slow-client.js';
import { goHome } from '../travel.js';

let host: TestHost;
let tokens: Tokens;
beforeEach(async () => {
  host = await startHost();
  tokens = await logIn(host, 'web');
});
afterEach(async () => {
  goHome();
  await host.close();
});

describe('a client that sends its request slowly', () => {
  it.each<[string, (given: Tokens) => Record<string, string>]>([
    ['/token', ({ refresh_token }) => ({ grant_type: 'refresh_token', refresh_token })],
    ['/introspect', ({ access_token }) => ({ token: access_token })],
    ['/revoke', ({ refresh_token }) => ({ token: refresh_token })],
  ])('is answered at %s, and no alarm is raised about the store', async (path, fieldsOf) => {
    const failures: unknown[] = [];
    host.auth.on('store.failed', (event) => void failures.push(event));
    const credentials = { client_id: 'web', client_secret: secretOf('web') };
    const { status } = await sendSlowly(host, path, { ...credentials, ...fieldsOf(tokens) });
    expect([status, failures]).toEqual([200, []]);
  });
});
