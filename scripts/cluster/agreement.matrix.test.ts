import { expectOpens, keysOf } from './agreement.js';
import { askMachine } from './client.js';
import { describeClientChanges } from './describe-client-changes.js';
import { describeLateNode } from './describe-late-node.js';
import { describeLostWay } from './describe-lost-way.js';
import { describeOnStores } from './describe-on-stores.js';
import { describeRevocations } from './describe-revocations.js';
import { addressOf } from './server-address.js';
import { type Cluster, startCluster } from './start-cluster.js';

describeOnStores('nodes of one cluster', (store) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ store: store(), size: 5 });
  }, 120_000);
  afterAll(() => cluster?.stop());

  it('that are five and start at once on an empty database agree on one key', async () => {
    const [known, ...others] = await Promise.all(cluster.nodes.map(keysOf));
    for (const keys of others) expect(keys).toEqual(known);
    for (const node of cluster.nodes) {
      const { body } = await askMachine(addressOf(cluster, node), 'notes:read');
      await expectOpens(cluster.nodes, 'notes', String(body.access_token));
    }
  }, 60_000);

  describeClientChanges(() => cluster);
  describeRevocations(() => cluster);
  describeLateNode(() => cluster);
  describeLostWay(() => cluster);
});
