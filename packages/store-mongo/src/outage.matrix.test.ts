import { setTimeout as delay } from 'node:timers/promises';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { type MongoProxy, startMongoProxy } from '../../../scripts/testing/mongo-proxy.js';
import { kinds, now, openSpace, type Space, token } from '../test/fixtures.js';
import { type MongoStore, mongoStore } from './index.js';

const by = { id: 't1' };

/** What each function came to, and the time of the slowest. */
async function tryAll(store: MongoStore): Promise<{ failed: readonly string[]; slowest: number }> {
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    find: () => store.find('Token', by, now),
    findRelated: () =>
      store.findRelated('Token', by, [{ kind: 'Session', key: 'id', from: 'grantId' }], now),
    list: () => store.list('Token', 'all', { now }),
    commit: () =>
      store.commit(
        [
          { put: token('t1'), ifRevision: 1 },
          { insert: token('t2') },
          { put: token('t3') },
          { remove: { kind: 'Token', id: 't4' } },
        ],
        now,
      ),
    purge: () => store.purge(now, 10),
    open: () => mongoStoreOpen(store),
  };
  let slowest = 0;
  const failed = await Promise.all(
    Object.entries(calls).map(async ([name, call]) => {
      const started = performance.now();
      try {
        await call();
        return [];
      } catch (error) {
        expect(String(error)).not.toContain('token t1');
        return [name];
      } finally {
        if (name !== 'open') slowest = Math.max(slowest, performance.now() - started);
      }
    }),
  );
  return { failed: failed.flat(), slowest };
}

async function mongoStoreOpen(store: MongoStore): Promise<void> {
  // The indexes of a full collection take their time, so that only what is shorter is waited for.
  await Promise.race([
    store.open(kinds),
    delay(3_900).then(() => Promise.reject(new Error('late'))),
  ]);
}

const everything = ['find', 'findRelated', 'list', 'commit', 'purge', 'open'];

describeOnMongo(
  'a server in trouble',
  (server) => {
    let space: Space;
    beforeEach(async () => {
      space = await openSpace(server(), undefined, 4_000);
      await space.store.commit([{ insert: token('t1') }], now);
    });
    afterEach(() => space.close());

    it('that is stopped fails each call in about four seconds, and is used again when it goes on', async () => {
      server().pause();
      try {
        let turns = 0;
        const ticking = setInterval(() => (turns += 1), 20);
        const { failed, slowest } = await tryAll(space.store);
        clearInterval(ticking);
        expect(failed).toEqual(everything);
        expect(slowest).toBeLessThan(4_400);
        // The event loop was free all the time.
        expect(turns).toBeGreaterThan(100);
      } finally {
        server().resume();
      }
      expect((await space.store.find('Token', by, now))?.id).toBe('t1');
    });

    it('that is silent behind the network fails each call in time, and heals', async () => {
      const proxy = await startMongoProxy(server().uri);
      const proxied = await openSpace(proxy, space.prefix, 4_000);
      try {
        proxy.freeze();
        const { failed, slowest } = await tryAll(proxied.store);
        expect(failed).toEqual(everything);
        expect(slowest).toBeLessThan(4_400);
        proxy.thaw();
        expect((await proxied.store.find('Token', by, now))?.id).toBe('t1');
      } finally {
        proxy.thaw();
        await proxied.close();
        await proxy.close();
      }
    });

    it('that is killed fails each call in time, and is used again when it is back', async () => {
      await server().kill();
      const { failed, slowest } = await tryAll(space.store);
      await server().restart();
      expect(failed).toEqual(everything);
      expect(slowest).toBeLessThan(4_400);
      const started = performance.now();
      await space.store.open(kinds);
      await space.store.commit([{ put: token('t9') }], now);
      expect(performance.now() - started).toBeLessThan(10_000);
    });

    it('lets a call wait as long as the options say', async () => {
      const { connection, prefix } = space;
      const store = mongoStore({ connection, prefix, timeoutMilliseconds: 300 });
      await store.open(kinds);
      server().pause();
      try {
        const started = performance.now();
        const message = 'MongoDB gave no answer within 300 ms';
        await expect(store.find('Token', by, now)).rejects.toThrow(message);
        expect(performance.now() - started).toBeLessThan(700);
      } finally {
        server().resume();
      }
    });
  },
  { own: true },
);

describeOnMongo(
  'a connection of the store',
  (server) => {
    let proxy: MongoProxy;
    beforeEach(async () => {
      proxy = await startMongoProxy(server().uri);
    });
    afterEach(() => proxy.close());

    it('that cannot be opened fails in time, and is opened by a later call', async () => {
      proxy.freeze();
      const store = mongoStore({ uri: proxy.uri, timeoutMilliseconds: 1_500 });
      try {
        const started = performance.now();
        await expect(store.open(kinds)).rejects.toThrow(/no answer|timed out/);
        expect(performance.now() - started).toBeLessThan(6_000);
        proxy.thaw();
        await store.open(kinds);
        expect(await store.find('Token', by, now)).toBeUndefined();
      } finally {
        await store.close();
      }
    });
  },
  { own: true },
);
