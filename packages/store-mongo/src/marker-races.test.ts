import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { startMongoProxy } from '../../../scripts/testing/mongo-proxy.js';
import {
  findByUid,
  insert,
  now,
  openSpace,
  outcomeOf,
  type Space,
  session,
} from '../test/fixtures.js';

describeOnMongo(
  'a unique value that many want',
  (server) => {
    let space: Space;
    beforeEach(async () => {
      space = await openSpace(server());
    });
    afterEach(() => space.close());

    it('has one winner, however late the record of the first writer lands', async () => {
      const proxy = await startMongoProxy(server().uri);
      const late = await openSpace(proxy, space.prefix);
      try {
        const first = session('s1', { keys: { uid: 'u1' } });
        await space.store.commit([{ insert: session('s1', { keys: {} }) }], now);
        // The put has its marker, and its landing is lost on the way; until it is sent again another writer takes the value.
        const met = proxy.meet('update', 'command lost');
        const putting = outcomeOf(late.store.commit([{ put: first }], now));
        await met;
        proxy.freeze();
        const taken = await outcomeOf(space.store.commit([insert('s2', { uid: 'u1' })], now));
        proxy.thaw();
        expect([taken, await putting]).toEqual(['ok', 'exists']);
        expect(await findByUid(space.store, 'u1')).toBe('s2');
        const uids = (await space.store.list('Session', 'all', { now })).records.map(
          ({ id, keys }) => [id, keys.uid],
        );
        expect(uids).toEqual([
          ['s1', undefined],
          ['s2', 'u1'],
        ]);
      } finally {
        await late.close();
        await proxy.close();
      }
    });

    it('has one winner, when the first writer looks again while another takes over', async () => {
      const [proxy, other] = [
        await startMongoProxy(server().uri),
        await startMongoProxy(server().uri),
      ];
      const [first, second] = [
        await openSpace(proxy, space.prefix),
        await openSpace(other, space.prefix),
      ];
      try {
        await space.store.commit([{ insert: session('s1', { keys: {} }) }], now);
        const landing = proxy.meet('update', 'command lost');
        const put = { put: session('s1', { keys: { uid: 'u1' } }) };
        const putting = outcomeOf(first.store.commit([put], now));
        await landing;
        proxy.freeze();
        // The other one has shut the place of the record, and is about to take the marker.
        let land = (_outcome: string): void => {};
        const landed = new Promise<string>((resolve) => {
          land = resolve;
        });
        const shut = other.meet('update', { until: landed }, 1);
        const taking = outcomeOf(second.store.commit([insert('s2', { uid: 'u1' })], now));
        await shut;
        proxy.thaw();
        land(await putting);
        expect([await putting, await taking]).toEqual(['ok', 'exists']);
        const by = { key: 'uid', value: 'u1' };
        const { records } = await space.store.list('Session', by, { now });
        expect(records.map(({ id }) => id)).toEqual(['s1']);
        expect(await findByUid(space.store, 'u1')).toBe('s1');
      } finally {
        await first.close();
        await second.close();
        await proxy.close();
        await other.close();
      }
    });

    it('has one winner, when what stood in the way of the first writer goes away', async () => {
      const proxy = await startMongoProxy(server().uri);
      const late = await openSpace(proxy, space.prefix);
      try {
        const { store } = space;
        await store.commit([insert('s1', {})], now);
        let goOn = (): void => {};
        const until = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        const looks = proxy.meet('find', { until });
        const first = outcomeOf(late.store.commit([insert('s1', { uid: 'u1' })], now));
        await looks;
        const second = await outcomeOf(store.commit([insert('s2', { uid: 'u1' })], now));
        await store.commit([{ remove: { kind: 'Session', id: 's1' } }], now);
        goOn();
        expect([await first, second]).toEqual(['exists', 'ok']);
        const by = { key: 'uid', value: 'u1' };
        const { records } = await store.list('Session', by, { now });
        expect(records.map(({ id }) => id)).toEqual(['s2']);
      } finally {
        await late.close();
        await proxy.close();
      }
    });

    it.each([
      {
        what: 'a remove, and its record is back before the marker goes',
        write: { remove: { kind: 'Session', id: 's1' } },
        meanwhile: () => insert('s1', { uid: 'u1' }),
      },
      {
        what: 'a removeAll, and its record is not meant any more before it goes',
        write: { removeAll: { kind: 'Session', key: 'accountId', value: 'a1' } },
        meanwhile: () => ({ put: session('s1', { keys: { uid: 'u1', accountId: 'a2' } }) }),
      },
    ])('stays with its record during $what', async ({ write, meanwhile }) => {
      const proxy = await startMongoProxy(server().uri);
      const late = await openSpace(proxy, space.prefix);
      try {
        await space.store.commit([insert('s1', { uid: 'u1', accountId: 'a1' })], now);
        let goOn = (): void => {};
        const until = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        const met = proxy.meet('delete', { until });
        const removing = late.store.commit([write], now);
        await met;
        await space.store.commit([meanwhile()], now);
        goOn();
        await removing;
        expect(await findByUid(space.store, 'u1')).toBe('s1');
        expect(await outcomeOf(space.store.commit([insert('s2', { uid: 'u1' })], now))).toBe(
          'exists',
        );
      } finally {
        await late.close();
        await proxy.close();
      }
    });

    it.each(['insert', 'put'] as const)('has one winner of 50 that %s it at once', async (how) => {
      for (let round = 0; round < 5; round += 1) {
        const uid = `u${round}`;
        // Some take it from an expired record, some from a marker that a crash left, some find nothing.
        if (round % 3 === 0)
          await space.store.commit([insert(`old${round}`, { uid }, now)], now - 1);
        if (round % 3 === 1) {
          const _id = `=Session/uid=${uid}`;
          await space.put({ _id, owner: `Session/${round}-7`, holder: 'h', sweepAt: new Date() });
        }
        const outcomes = await Promise.all(
          Array.from({ length: 50 }, (_, n) => {
            const record = session(`${round}-${n}`, { keys: { uid } });
            const write = how === 'insert' ? { insert: record } : { put: record };
            return outcomeOf(space.store.commit([write], now));
          }),
        );
        const winners = outcomes.flatMap((outcome, n) =>
          outcome === 'ok' ? [`${round}-${n}`] : [],
        );
        expect(winners).toHaveLength(1);
        expect(new Set(outcomes)).toEqual(new Set(['ok', 'exists']));
        expect(await findByUid(space.store, uid)).toBe(winners[0]);
        const by = { key: 'uid', value: uid };
        const { records } = await space.store.list('Session', by, { now });
        expect(records.map(({ id }) => id)).toEqual(winners);
      }
    });

    it('has one owner while records swap, drop and take it for a while', async () => {
      const { store } = space;
      const ids = ['s1', 's2', 's3', 's4'];
      const uids = ['u1', 'u2', 'u3'];
      let step = 0;
      const work = ids.flatMap((id) =>
        [0, 1].map(async () => {
          for (let n = 0; n < 40; n += 1) {
            step += 1;
            const uid = uids[(step * 7) % 4];
            const record = session(id, { keys: uid === undefined ? {} : { uid } });
            const remove = { remove: { kind: 'Session', id } };
            await outcomeOf(store.commit([step % 5 === 0 ? remove : { put: record }], now));
          }
        }),
      );
      await Promise.all(work);
      const { records } = await store.list('Session', 'all', { now });
      const held = records.flatMap(({ keys }) => keys.uid ?? []);
      expect(held).toEqual([...new Set(held)]);
      for (const uid of uids) {
        const owner = (await store.list('Session', { key: 'uid', value: uid }, { now })).records;
        expect(await findByUid(space.store, uid)).toBe(owner[0]?.id);
      }
    });
  },
  { own: true },
);
