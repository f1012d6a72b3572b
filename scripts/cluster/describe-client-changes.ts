import { expectInTime, expectOpens, jwtIsDead, type OpenCluster, timesUntil } from './agreement.js';
import { type Answer, askMachine } from './client.js';
import { randomAddress } from './race.js';
import { addressOf } from './server-address.js';
import { nodeAt } from './start-cluster.js';
import type { ClusterNode } from './start-node.js';

/** What one node does to a client holds at all in time. */
export function describeClientChanges(cluster: OpenCluster): void {
  describe('a client that one node', () => {
    const client_id = 'partner';
    let secret: string;

    function ask(node: ClusterNode, scope: string, client_secret = secret): Promise<Answer> {
      const address = addressOf(cluster(), node);
      const clients = [{ client_id, client_secret }];
      const known = { ...address, config: { ...address.config, clients } };
      // Failures are counted per address.
      return askMachine(known, scope, client_id, { 'x-forwarded-for': randomAddress() });
    }

    it('creates is known to all within 2 seconds', async () => {
      const created = await nodeAt(cluster(), 0).call('clients.create', {
        client_id,
        grant_types: ['client_credentials'],
        scope: 'notes:read ledger:read',
      });
      secret = (created as { client_secret: string }).client_secret;
      const isKnown = async (node: ClusterNode) => (await ask(node, 'notes:read')).status === 200;
      expectInTime(cluster(), 'created', await timesUntil(cluster().nodes, isKnown));
    });

    it('updates has its new scope at all within 2 seconds', async () => {
      const { nodes } = cluster();
      await nodeAt(cluster(), 1).call('clients.update', client_id, { scope: 'notes:read' });
      const isRefused = async (node: ClusterNode) =>
        (await ask(node, 'ledger:read')).body.error === 'invalid_scope';
      expectInTime(cluster(), 'updated', await timesUntil(nodes, isRefused));
      for (const node of nodes) expect((await ask(node, 'notes:read')).status).toBe(200);
    });

    it('gives another secret has that alone at all within 2 seconds', async () => {
      const old = secret;
      const first = nodeAt(cluster(), 0);
      const rotated = await first.call('clients.rotateSecret', client_id, { overlapSeconds: 0 });
      secret = (rotated as { client_secret: string }).client_secret;
      const hasNew = async (node: ClusterNode) =>
        (await ask(node, 'notes:read', old)).status === 401 &&
        (await ask(node, 'notes:read')).status === 200;
      expectInTime(cluster(), 'rotated', await timesUntil(cluster().nodes, hasNew));
    });

    it('removes is gone from all within 2 seconds, and its tokens with it', async () => {
      const { nodes } = cluster();
      const token = String((await ask(nodeAt(cluster(), 0), 'notes:read')).body.access_token);
      await expectOpens(nodes, 'notes', token);
      await nodeAt(cluster(), 1).call('clients.remove', client_id);
      const isGone = async (node: ClusterNode) =>
        (await ask(node, 'notes:read')).body.error === 'invalid_client';
      const [gone, dead] = await Promise.all([
        timesUntil(nodes, isGone),
        timesUntil(nodes, jwtIsDead(token)),
      ]);
      expectInTime(cluster(), 'removed', gone);
      expectInTime(cluster(), 'its JWT', dead);
    });
  });
}
