import { breakableRing, signedElsewhere } from '../broken-ring.js';
import { startHost } from '../host.js';
import { call, logIn } from '../oauth-client.js';

describe('a JWT of another node, while this node cannot read the keys', () => {
  it.each(['/introspect', '/revoke'] as const)('is no unknown token at %s', async (path) => {
    const store = breakableRing();
    const host = await startHost({ store });
    try {
      const token = signedElsewhere((await logIn(host, 'web')).access_token);
      const failures: string[] = [];
      host.auth.on('store.failed', ({ route }) => void failures.push(route));
      store.breakRing();
      // The second within the span of one look.
      for (let times = 0; times < 2; times += 1) {
        const { status, body } = await call(host, path, 'web', { token });
        expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
      }
      expect(failures).toEqual([path.slice(1), path.slice(1)]);
    } finally {
      await host.close();
    }
  });
});
