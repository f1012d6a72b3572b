import { setTimeout as delay } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { mapLimited } from '../map-limited.js';
import { type LogoutReceiver, type Received, startReceiver } from '../testing/logout-receiver.js';
import { browserOf, redeem, takeCode } from './client.js';
import { describeOnStores } from './describe-on-stores.js';
import { clusterClients } from './node-config.js';
import { type Cluster, startCluster } from './start-cluster.js';

/** How bad it gets. */
export interface BackchannelTrouble {
  /** For how long nothing listens where the client is told. */
  readonly downMilliseconds: number;
  /** How the first try ends: with an answer of the client (503), or with the death of the process that makes it (0). */
  readonly firstAnswer: 503 | 0;
}

/** Clients are told of logouts by whichever process is alive. */
export function describeBackchannel({ downMilliseconds, firstAnswer }: BackchannelTrouble): void {
  describeOnStores('back-channel logout', (store) => {
    let receiver: LogoutReceiver;
    let cluster: Cluster;
    beforeAll(async () => {
      receiver = await startReceiver();
      const clients = clusterClients.map((client) =>
        client.client_id === 'web'
          ? {
              ...client,
              scope: `openid ${client.scope}`,
              backchannel_logout_uri: `${receiver.origin}/out`,
            }
          : client,
      );
      const issue = { outbound: { allowLoopback: true } };
      cluster = await startCluster({ store: store(), clients, openid: true, issue });
    }, 120_000);
    afterEach(() => {
      receiver.received.length = 0;
    });
    afterAll(async () => {
      await cluster?.stop();
      await receiver?.close();
    });

    /** Logs a person in and out, and gives the `sid` that the client knows. */
    async function visit(person: string): Promise<unknown> {
      const agent = browserOf(cluster);
      const code = await takeCode(cluster, 'web', person, agent, 'openid notes:read');
      const hint = String((await redeem(cluster, 'web', code)).body.id_token);
      const reply = await agent.get(`${cluster.issuer}/logout?id_token_hint=${hint}`);
      expect(reply.status).toBe(200);
      return decodeJwt(hint).sid;
    }

    it('is told once for each session, whichever of three nodes ends it', async () => {
      const people = Array.from({ length: 30 }, (_, index) => `person-${index}`);
      const sids = await mapLimited(people, 4, visit);
      await receiver.wait(30, 30_000);
      // Longer than a look of the others takes.
      await delay(7000);
      const told = receiver.received.map(({ claims }) => claims.sid);
      expect([...told].sort()).toEqual([...sids].sort());
      expect(new Set(receiver.received.map(({ claims }) => claims.jti)).size).toBe(30);
    }, 60_000);

    it(`arrives after a receiver that was down for ${downMilliseconds} ms, and processes that were killed meanwhile`, async () => {
      receiver.answers = [firstAnswer];
      const sid = await visit('ada');
      const [first] = (await receiver.wait(1)) as [Received];
      await delay(firstAnswer === 0 ? 0 : 500);
      const { port } = new URL(receiver.origin);
      await receiver.close();
      const fell = performance.now();
      await Promise.all([...cluster.nodes.keys()].map(cluster.crash));
      await delay(Math.max(0, downMilliseconds - (performance.now() - fell)));
      receiver = await startReceiver(Number(port));
      const up = performance.now();
      const [again] = (await receiver.wait(1, 120_000)) as [Received];
      process.stderr.write(
        `${store().kind}, told ${Math.round(performance.now() - up)} ms after it was up again\n`,
      );
      expect([first.claims.sid, again.claims.sid]).toEqual([sid, sid]);
      expect(again.claims.jti).toBe(first.claims.jti);
      expect(again.token).not.toBe(first.token);
      expect(Number(again.claims.iat)).toBeGreaterThan(Number(first.claims.iat));
      await delay(1000);
      expect(receiver.received).toHaveLength(1);
    }, 300_000);
  });
}
