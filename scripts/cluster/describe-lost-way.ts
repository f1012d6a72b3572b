import { setTimeout as delay } from 'node:timers/promises';
import {
  boundMilliseconds,
  expectOpens,
  jwtIsDead,
  logIn,
  type OpenCluster,
  timesUntil,
  titleOf,
} from './agreement.js';
import { askMachine, openApi, refresh } from './client.js';
import { type RoundRobin, roundRobin } from './round-robin.js';
import { addressOf } from './server-address.js';
import { nodeAt } from './start-cluster.js';
import { type ClusterNode, startNode } from './start-node.js';

/** A node whose connections to the store are cut, while the others change what it knows. */
export function describeLostWay(cluster: OpenCluster): void {
  describe('that lost the way to the store for a while', () => {
    let way: RoundRobin;
    let node: ClusterNode;
    let port: number;
    beforeAll(async () => {
      const { config } = cluster();
      const { uri } = config.store;
      port = Number(new URL(uri).port);
      way = await roundRobin();
      way.add(port);
      // A replica set would tell its driver the other way.
      const over = uri
        .replace(`:${port}`, `:${way.port}`)
        .replace(/replicaSet=\w+/, 'directConnection=true');
      node = await startNode({ ...config, store: { ...config.store, uri: over } });
    }, 60_000);
    afterAll(async () => {
      await node?.kill();
      await way?.close();
    });

    it('goes on with JWTs, says so, and catches up on revocations and clients', async () => {
      const [alive, revoked] = [await logIn(cluster(), 'alive'), await logIn(cluster(), 'revoked')];
      const first = nodeAt(cluster(), 0);
      const address = addressOf(cluster(), node);
      const created = await first.call('clients.create', {
        client_id: 'cut-off',
        grant_types: ['client_credentials'],
        scope: 'notes:read',
      });
      const clients = [created as { client_id: string; client_secret: string }];
      const partner = { ...address, config: { ...address.config, clients } };
      const ask = async (): Promise<number> =>
        (await askMachine(partner, 'notes:read', 'cut-off')).status;
      expect(await ask()).toBe(200);

      way.remove(port);
      way.cut();
      await first.call('revoke', { accountId: 'revoked' });
      await first.call('clients.remove', 'cut-off');
      await delay(3 * boundMilliseconds);
      await expectOpens([node], 'notes', alive.jwt);
      expect(await openApi(node.origin, '/api/ledger', alive.opaque)).toBe(503);
      expect((await refresh(address, 'web', alive.refreshToken)).status).toBe(503);
      expect(await node.call('health')).toMatchObject({ ok: false });

      way.add(port);
      const milliseconds = await timesUntil(
        [node],
        async () => (await ask()) === 401 && (await jwtIsDead(revoked.jwt)(node)),
      );
      const title = titleOf(cluster(), 'back on the store, caught up');
      process.stderr.write(`${title}: ${milliseconds} ms\n`);
      expect((await refresh(address, 'web', alive.refreshToken)).status).toBe(200);
      await expectOpens([node], 'notes', alive.jwt);
      expect(await node.call('health')).toMatchObject({ ok: true });
    }, 120_000);
  });
}
