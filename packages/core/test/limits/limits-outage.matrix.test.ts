import type { Store } from '@gatehouse/core';
import { postgresStore } from '@gatehouse/store-postgres';
import { describeOnPostgres } from '../../../../scripts/testing/postgres.js';
import { describeOnRedis } from '../../../../scripts/testing/redis.js';
import type { TestHost } from '../host.js';
import { authenticate, startNodes, visit, waitOf } from '../limit-nodes.js';
import { until } from '../machine-client.js';
import { type RedisCounters, redisCounters } from '../redis-counters.js';

const lost = 'the counters of limits are out of reach: each process counts for itself';
const found = 'the counters of limits are in reach again';

/** How often each node has said so. */
const timesOf = (nodes: readonly TestHost[], message: string): readonly number[] =>
  nodes.map(({ log }) => log.filter((entry) => entry.message === message).length);

describeOnRedis(
  'limits that count in Redis',
  (server) => {
    const counters: RedisCounters[] = [];
    let nodes: readonly TestHost[];
    beforeAll(async () => {
      nodes = await startNodes(2, () => {
        const one = redisCounters(server().uri);
        counters.push(one);
        return { limits: one.limits };
      });
    });
    afterAll(async () => {
      await Promise.all(nodes.map((node) => node.close()));
      for (const one of counters) one.close();
    });

    /** How many of so many wrong passwords, at one node after the other, were looked at. */
    async function looksAt(count: number, who: string, address: string): Promise<number> {
      let looked = 0;
      for (let n = 0; n < count; n += 1) {
        const { attempt } = await visit(nodes[n % 2] as TestHost, address);
        if (waitOf(await attempt(who, 'wrong')) === 0) looked += 1;
      }
      return looked;
    }

    /** Whether the nodes count together: each look is somebody else's, elsewhere. */
    let looks = 0;
    async function countTogether(): Promise<boolean> {
      looks += 1;
      return (await looksAt(8, `eve ${looks}`, `198.51.100.${looks}`)) === 5;
    }

    it.each([
      ['stopped', () => server().pause(), () => server().resume()],
      ['killed', () => server().kill(), () => server().restart()],
    ])(
      'count on each node while it is %s, say so once, and count together when it is back',
      async (how, stop, goOn) => {
        const [one, two] = nodes as readonly [TestHost, TestHost];
        const before = timesOf(nodes, lost);
        const [address, other] = [`192.0.2.${how.length}`, `192.0.3.${how.length}`];
        expect(await looksAt(3, 'ada', address)).toBe(3);
        await stop();
        try {
          // Nobody is kept out, and a guesser has the allowance once more on each node, and no more than that.
          const { attempt } = await visit(one, '203.0.113.1');
          expect((await attempt('ada', 'ada-pw')).status).toBe(303);
          expect((await authenticate(two, '203.0.113.1')).status).toBe(200);
          expect(await looksAt(16, 'ada', address)).toBe(10);
          expect(await looksAt(16, 'bob', other)).toBe(10);
          for (let n = 0; n < 10; n += 1) await authenticate(one, other, 'wrong');
          expect((await authenticate(one, other)).status).toBe(429);
          expect(timesOf(nodes, lost)).toEqual(before.map((times) => times + 1));
        } finally {
          await goOn();
        }
        expect(await until(countTogether, (together) => together, 60_000)).toBe(true);
        expect(timesOf(nodes, lost)).toEqual(before.map((times) => times + 1));
        expect(timesOf(nodes, found)).toEqual(timesOf(nodes, lost));
      },
      120_000,
    );

    it('write neither keys nor values of Redis to the log', () => {
      const log = JSON.stringify(nodes.map((node) => node.log));
      expect(log).not.toMatch(/gatehouse:(password|client):/);
    });
  },
  { own: true },
);

describeOnPostgres(
  'limits that count in the store',
  (server) => {
    it('answer 503 while it is stopped, log nobody out, and go on after it', async () => {
      const prefix = `o${process.pid}_`;
      const store = (): Store => postgresStore({ uri: server().uri, prefix });
      const [node] = (await startNodes(1, () => ({ store: store() }))) as [TestHost];
      try {
        const { attempt } = await visit(node, '192.0.2.1');
        expect((await attempt('ada', 'wrong')).status).toBe(422);
        expect((await authenticate(node, '192.0.2.1', 'wrong')).status).toBe(401);
        server().pause();
        try {
          const started = performance.now();
          const [login, asked, counted] = await Promise.all([
            attempt('ada', 'ada-pw'),
            authenticate(node, '192.0.2.1'),
            // It fails before it could be counted.
            authenticate(node, '192.0.2.2', 'wrong'),
          ]);
          expect(performance.now() - started).toBeLessThan(5000);
          expect([login.status, login.headers.get('retry-after')]).toEqual([503, '5']);
          expect([asked.status, asked.body.error]).toEqual([503, 'temporarily_unavailable']);
          expect(asked.headers.get('retry-after')).toBe('5');
          expect(counted.status).toBe(401);
          // A client that has not failed needs no counter.
          expect((await authenticate(node, '192.0.2.3')).status).toBe(200);
        } finally {
          server().resume();
        }
        const again = await until(
          () => authenticate(node, '192.0.2.1'),
          ({ status }) => status === 200,
          20_000,
        );
        expect(again.status).toBe(200);
        expect((await (await visit(node, '192.0.2.1')).attempt('ada', 'ada-pw')).status).toBe(303);
        expect(node.log.filter(({ message }) => message === 'a request failed')).toEqual([]);
      } finally {
        await node.close();
      }
    }, 60_000);
  },
  { own: true },
);
