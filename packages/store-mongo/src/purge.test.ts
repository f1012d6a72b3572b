import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { startMongoProxy } from '../../../scripts/testing/mongo-proxy.js';
import { idsOf, now, openSpace, type Space, session, token } from '../test/fixtures.js';

describeOnMongo(
  'purge',
  (server) => {
    let space: Space;
    beforeEach(async () => {
      space = await openSpace(server());
    });
    afterEach(() => space.close());

    it('removes many in bounded batches, and goes on where it stopped', async () => {
      const { store, connection } = space;
      const expired = Array.from({ length: 1500 }, (_, n) => {
        return { insert: token(`t${n}`, { expiresAt: now }) };
      });
      await store.commit([...expired, { insert: token('live') }], now - 1);
      const batches: number[] = [];
      connection.getClient().on('commandStarted', ({ command }) => {
        if (command.deletes) batches.push(command.deletes.length);
      });
      expect(await store.purge(now, 1200)).toEqual({ removed: 1200, more: true });
      expect(await store.purge(now, 1200)).toEqual({ removed: 300, more: false });
      expect(Math.max(...batches)).toBeLessThanOrEqual(1000);
      expect(batches.reduce((sum, one) => sum + one)).toBe(1500);
      expect(await idsOf(store, 'Token')).toEqual(['live']);
    });

    it('leaves what took the place of an expired record since it was found', async () => {
      const proxy = await startMongoProxy(server().uri);
      const late = await openSpace(proxy, space.prefix);
      try {
        const { store } = space;
        await store.commit([{ insert: token('jti', { expiresAt: now }) }], now - 1);
        let goOn = (): void => {};
        const until = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        const met = proxy.meet('delete', { until });
        const purging = late.store.purge(now, 10);
        await met;
        await store.commit([{ insert: token('jti', { expiresAt: now + 99 }) }], now);
        goOn();
        expect(await purging).toEqual({ removed: 0, more: false });
        expect(await idsOf(store, 'Token')).toEqual(['jti']);
      } finally {
        await late.close();
        await proxy.close();
      }
    });

    it('counts records, and no markers', async () => {
      const { store, documents } = space;
      await store.commit([{ insert: session('s1', { expiresAt: now }) }], now - 1);
      expect(await store.purge(now + 9000, 10)).toEqual({ removed: 1, more: false });
      expect(await documents()).toEqual([]);
    });
  },
  { own: true },
);
