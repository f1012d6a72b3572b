import { expectOpens, keysOf, logIn, type OpenCluster } from './agreement.js';
import { openApi, refresh } from './client.js';
import { addressOf } from './server-address.js';
import { nodeAt } from './start-cluster.js';
import { startNode } from './start-node.js';

/** A node that comes to a cluster that has run for a while. */
export function describeLateNode(cluster: OpenCluster): void {
  it('that is started later has their keys, and knows what was revoked before', async () => {
    const [alive, revoked] = [await logIn(cluster(), 'alive'), await logIn(cluster(), 'revoked')];
    const first = nodeAt(cluster(), 0);
    await first.call('revoke', { accountId: 'revoked' });
    const late = await startNode(cluster().config);
    try {
      expect(await keysOf(late)).toEqual(await keysOf(first));
      await expectOpens([late], 'notes', alive.jwt);
      expect(await openApi(late.origin, '/api/notes', revoked.jwt)).toBe(401);
      const renewed = await refresh(addressOf(cluster(), late), 'web', alive.refreshToken);
      await expectOpens(cluster().nodes, 'notes', String(renewed.body.access_token));
    } finally {
      await late.kill();
    }
  }, 60_000);
}
