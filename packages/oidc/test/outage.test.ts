import { breakableRing, signedElsewhere } from '../../core/test/broken-ring.js';
import { browserAgent, pkce } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { authorizationUrl, logIn } from '../../core/test/oauth-client.js';
import { sendSlowly } from '../../core/test/slow-client.js';
import { goHome } from '../../core/test/travel.js';
import { startProvider, userinfo } from './provider.js';

let store: ReturnType<typeof breakableRing>;
let host: TestHost;
let failures: string[];
beforeEach(async () => {
  store = breakableRing();
  host = await startProvider({ store });
  failures = [];
  host.auth.on('store.failed', ({ route }) => void failures.push(route));
});
afterEach(async () => {
  goHome();
  await host.close();
});

const scope = 'openid notes:read';

describe('a JWT of another node, while this node cannot read the keys', () => {
  it('is no false hint at the logout endpoint', async () => {
    const agent = browserAgent(host.origin);
    const { id_token = '' } = await logIn(host, 'web', { agent, params: { scope } });
    const hint = new URLSearchParams({ id_token_hint: signedElsewhere(id_token) });
    store.breakRing();
    const page = await agent.get(`${host.issuer}/logout?${hint}`);
    expect([page.status, failures]).toEqual([503, ['logout']]);
  });

  it('is no false hint at the authorization endpoint', async () => {
    const agent = browserAgent(host.origin);
    const { id_token = '' } = await logIn(host, 'web', { agent, params: { scope } });
    const more = { scope, id_token_hint: signedElsewhere(id_token) };
    store.breakRing();
    const page = await agent.get(authorizationUrl(host, 'web', pkce().challenge, more));
    expect([page.status, page.location, failures]).toEqual([503, undefined, ['authorization']]);
  });

  it('is no false token at the userinfo endpoint', async () => {
    const { access_token } = await logIn(host, 'web', { params: { scope } });
    store.breakRing();
    const { status, body } = await userinfo(host, signedElsewhere(access_token));
    expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
    expect(failures).toEqual(['userinfo']);
  });
});

it('a client that sends its token slowly is answered at the userinfo endpoint, without an alarm', async () => {
  const { access_token } = await logIn(host, 'web', { params: { scope } });
  const { status } = await sendSlowly(host, '/userinfo', { access_token });
  expect([status, failures]).toEqual([200, []]);
});
