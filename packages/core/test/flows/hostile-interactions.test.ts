import { pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { authorizationUrl } from '../oauth-client.js';
import { rawRequest } from '../raw-request.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

describe('paths of interactions', () => {
  it.each([
    '/interaction/__proto__',
    '/interaction/constructor',
    '/interaction/x/password',
    '/interaction/x/__proto__',
    `/interaction/${'x'.repeat(64)}`,
    '/authorize/__proto__',
    `/authorize/${'x'.repeat(64)}`,
  ])('%s is a page that no longer exists', async (path) => {
    for (const method of path.startsWith('/interaction') ? ['GET', 'POST'] : ['GET']) {
      const { status, text } = await rawRequest(host.origin, {
        method,
        target: `${host.mount}${path}`,
        headers: { accept: 'text/html' },
      });
      expect([method, status, text.includes('This page no longer exists')]).toEqual([
        method,
        400,
        true,
      ]);
    }
  });

  it.each([
    '/interaction/a%2Fb',
    '/interaction/a%00b',
    '/interaction/..%2f..%2ftoken',
    '/interaction/<script>',
    '/interaction/~handle',
    `/interaction/${'x'.repeat(65)}`,
    '/interaction/a/b/c',
  ])('%s is none of ours', async (path) => {
    const { status } = await rawRequest(host.origin, { target: `${host.mount}${path}` });
    expect(status).toBe(404);
  });

  it.each(['a', 'a=b; c', '%00', '"', 'x'.repeat(4000), '../..', '__proto__'])(
    'a session cookie of %p is no session',
    async (value) => {
      const name = `gatehouse${host.mount.replaceAll('/', '-')}-session`;
      const { status, headers } = await rawRequest(host.origin, {
        target: authorizationUrl(host, 'web', pkce().challenge, { prompt: 'none' }).slice(
          host.origin.length,
        ),
        headers: { cookie: `${name}=${value}; ${name}.sig=${value}` },
      });
      expect([status, String(headers.location)]).toEqual([
        303,
        expect.stringContaining('error=login_required'),
      ]);
    },
  );
});
