import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { askMachine, openApi, redeem, refresh, takeCode } from './client.js';
import { describeOnStores } from './describe-on-stores.js';
import { type Load, startLoad } from './load.js';
import { addressOf, clientOf } from './server-address.js';
import { type Cluster, nodeAt, startCluster } from './start-cluster.js';
import type { ClusterNode } from './start-node.js';

async function rounds(load: Load, more: number): Promise<void> {
  const goal = load.report.rounds + more;
  while (load.report.rounds < goal && load.report.faults.length === 0) await delay(50);
}

/** Until so many requests run in it. */
async function runs(node: ClusterNode, requests: number): Promise<void> {
  while ((await node.call('active')) !== requests) await delay(20);
}

/** Until it takes no more connections: one that the kernel was just taking as it closed is reset. */
async function refuses({ port }: ClusterNode): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ECONNREFUSED') return;
      expect(code).toBe('ECONNRESET');
    } finally {
      socket.destroy();
    }
    await delay(20);
  }
}

describeOnStores(
  'a rolling restart',
  (store, server) => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await startCluster({ store: store() });
    }, 120_000);
    afterAll(() => cluster?.stop());

    it('loses no request when the balancer knows first, and every client goes on', async () => {
      const load = startLoad(cluster, 4);
      await rounds(load, 4);
      const before = cluster.nodes.map(({ pid }) => pid);
      for (const index of before.keys()) {
        await cluster.roll(index);
        await rounds(load, 4);
      }
      const report = await load.stop();
      process.stderr.write(`${store().kind}, rolled: ${JSON.stringify(report)}\n`);
      expect(report).toMatchObject({ faults: [], again: 0 });
      expect(cluster.nodes.filter(({ pid }) => before.includes(pid))).toEqual([]);
    }, 300_000);

    it('answers nothing by half when the balancer learns of it from refused connections', async () => {
      const load = startLoad(cluster, 4);
      await rounds(load, 4);
      for (const index of [0, 1, 2]) {
        expect(await nodeAt(cluster, index).stop()).toBe(0);
        await rounds(load, 4);
        await cluster.replace(index);
        await rounds(load, 4);
      }
      const report = await load.stop();
      process.stderr.write(`${store().kind}, stopped: ${JSON.stringify(report)}\n`);
      expect(report.faults).toEqual([]);
    }, 300_000);

    it('answers what runs at the SIGTERM, and ends with 0', async () => {
      const node = nodeAt(cluster, 0);
      const address = addressOf(cluster, node);
      const code = await takeCode(cluster, 'web', 'ada');
      server().pause();
      try {
        const running = Promise.all([
          redeem(address, 'web', code),
          askMachine(address, 'ledger:read'),
        ]);
        await runs(node, 2);
        const stopped = node.stop();
        await refuses(node);
        server().resume();
        const [redeemed, token] = await running;
        expect([redeemed.status, token.status]).toEqual([200, 200]);
        expect(await stopped).toBe(0);
        const { access_token, refresh_token } = redeemed.body;
        await cluster.replace(0);
        expect(await openApi(cluster.origin, '/api/notes', String(access_token))).toBe(200);
        expect((await refresh(cluster, 'web', String(refresh_token))).status).toBe(200);
      } finally {
        server().resume();
      }
    }, 120_000);

    it('answers a request of which a half has come at the SIGTERM', async () => {
      const node = nodeAt(cluster, 1);
      const body = 'grant_type=client_credentials&scope=ledger%3Aread';
      const { client_secret } = clientOf(cluster, 'machine');
      const basic = Buffer.from(`machine:${client_secret}`).toString('base64');
      const head = [
        'POST /auth/token HTTP/1.1',
        'Host: x',
        `Authorization: Basic ${basic}`,
        'Content-Type: application/x-www-form-urlencoded',
        `Content-Length: ${body.length}`,
        '\r\n',
      ];
      const socket = connect(node.port, '127.0.0.1');
      await once(socket, 'connect');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += String(chunk);
      });
      socket.write(`${head.join('\r\n')}${body.slice(0, 10)}`);
      await runs(node, 1);
      const stopped = node.stop();
      await refuses(node);
      socket.write(body.slice(10));
      await once(socket, 'close');
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"access_token"/s);
      expect(await stopped).toBe(0);
      await cluster.replace(1);
    }, 120_000);

    it('is not held up by a client that is never idle on its connection', async () => {
      const node = nodeAt(cluster, 2);
      const token = String((await askMachine(cluster, 'ledger:read')).body.access_token);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const ask = (): Promise<IncomingMessage> =>
        new Promise((resolve, reject) => {
          const headers = { authorization: `Bearer ${token}` };
          const request = get(`${node.origin}/api/ledger`, { agent, headers }, (reply) => {
            reply.resume().on('end', () => resolve(reply));
          });
          request.on('error', reject);
        });
      const statuses = new Set([(await ask()).statusCode]);
      const stopped = node.stop();
      let refusal: { readonly code?: string } | undefined;
      while (refusal === undefined) {
        try {
          statuses.add((await ask()).statusCode);
        } catch (error) {
          refusal = error as { code?: string };
        }
      }
      agent.destroy();
      expect([...statuses]).toEqual([200]);
      // The next connection, or the one that was idle at that moment.
      expect(['ECONNREFUSED', 'ECONNRESET']).toContain(refusal.code);
      expect(await stopped).toBe(0);
      await cluster.replace(2);
    }, 120_000);
  },
  { own: true },
);
