import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import {
  findByUid,
  insert,
  now,
  openSpace,
  outcomeOf,
  type Space,
  session,
} from '../test/fixtures.js';

const hour = 3600;

describeOnMongo(
  'a unique value',
  (server) => {
    let space: Space;
    beforeEach(async () => {
      space = await openSpace(server());
    });
    afterEach(() => space.close());

    const marker = async (uid: string) =>
      (await space.documents()).find(({ _id }) => _id === `=Session/uid=${uid}`);

    it('is held by a marker, which one command inserts before its record', async () => {
      await space.store.commit([insert('s1', { uid: 'u1', nick: 'n1' })], now);
      expect(space.commands()).toEqual(['insert']);
      const ids = (await space.documents()).map(({ _id }) => _id);
      expect(ids).toEqual(['=Session/nick=n1', '=Session/uid=u1', 'Session/s1']);
    });

    it('is let go of when its record is removed, dropped or replaced', async () => {
      const { store } = space;
      await store.commit([insert('s1', { uid: 'u1' }), insert('s2', { uid: 'u2' })], now);
      await store.commit([insert('s3', { uid: 'u3' }, now + 1)], now);
      await store.commit([{ remove: { kind: 'Session', id: 's1' } }], now);
      await store.commit([{ put: session('s2', { keys: {} }), ifRevision: 1 }], now);
      await store.commit([{ put: session('s3', { keys: {} }) }], now + 1);
      for (const uid of ['u1', 'u2', 'u3']) expect(await marker(uid)).toBeUndefined();
    });

    it('is let go of by each of many records that go at once', async () => {
      const { store } = space;
      const many = Array.from({ length: 600 }, (_, n) => {
        return insert(
          `s${n}`,
          n % 3 === 0 ? { accountId: 'a1' } : { accountId: 'a1', uid: `u${n}` },
        );
      });
      await store.commit([...many, insert('other', { accountId: 'a2', uid: 'other' })], now);
      const removeAll = { kind: 'Session', key: 'accountId', value: 'a1' };
      await store.commit([{ removeAll }], now);
      const ids = (await space.documents()).map(({ _id }) => _id);
      expect(ids).toEqual(['=Session/uid=other', 'Session/other']);
    });

    it('is let go of when the second one of a record is taken', async () => {
      const { store } = space;
      await store.commit([insert('s1', { uid: 'u1' })], now);
      const both = insert('s2', { nick: 'n2', uid: 'u1' });
      expect(await outcomeOf(store.commit([both], now))).toBe('exists');
      expect(await outcomeOf(store.commit([insert('s3', { nick: 'n2' })], now))).toBe('ok');
      expect((await space.documents()).map(({ _id }) => _id)).toEqual([
        '=Session/nick=n2',
        '=Session/uid=u1',
        'Session/s1',
        'Session/s3',
      ]);
    });

    it('stays with its record when an insert of that id fails', async () => {
      const { store } = space;
      await store.commit([insert('s1', { uid: 'u1' })], now);
      for (const keys of [{ uid: 'u1' }, { uid: 'u2' }]) {
        expect(await outcomeOf(store.commit([insert('s1', keys)], now))).toBe('exists');
      }
      expect(await outcomeOf(store.commit([insert('s2', { uid: 'u1' })], now))).toBe('exists');
      expect(await outcomeOf(store.commit([insert('s2', { uid: 'u2' })], now))).toBe('ok');
    });

    it('goes from an expired record to the next, and never back', async () => {
      const { store } = space;
      await store.commit([insert('s1', { uid: 'u1' }, now + 10)], now);
      await store.commit([insert('s2', { uid: 'u1' })], now + 10);
      // A node whose clock is late would see the first one alive.
      const revive = { put: session('s1', { keys: { uid: 'u1' }, expiresAt: now + 99 }) };
      const late = store.commit([{ ...revive, ifRevision: 1 }], now);
      expect(await outcomeOf(late)).toBe('gone');
      expect(await outcomeOf(store.commit([revive], now))).toBe('exists');
      expect(await findByUid(space.store, 'u1')).toBe('s2');
    });

    it('outlasts its record, which may be prolonged again and again', async () => {
      const { store } = space;
      await store.commit([insert('s1', { uid: 'u1' }, now + 100)], now);
      for (let at = now, revision = 1; at < now + 1000; at += 50, revision += 1) {
        const put = session('s1', { keys: { uid: 'u1' }, expiresAt: at + 100 });
        await store.commit([{ put, ifRevision: revision }], at);
        const { sweepAt } = (await marker('u1')) as { sweepAt?: Date };
        expect(Number(sweepAt) / 1000).toBeGreaterThanOrEqual(at + 100 + hour);
      }
    });

    it('is seldom prolonged: most puts are one command', async () => {
      const { store } = space;
      await store.commit([insert('s1', { uid: 'u1' }, now + 1000)], now);
      space.commands();
      for (let n = 1; n <= 8; n += 1) {
        const put = session('s1', { keys: { uid: 'u1' }, expiresAt: now + 1000 + n * 100 });
        await store.commit([{ put, ifRevision: n }], now + n * 100);
      }
      expect(space.commands()).toHaveLength(8);
    });

    it('outlasts a record that a consume prolongs', async () => {
      const { store } = space;
      await store.commit([insert('s1', { uid: 'u1' }, now + 10)], now);
      const consume = { kind: 'Session', id: 's1', attempt: 'a1', expiresAt: now + 90_000 };
      await store.commit([{ consume }], now);
      const { sweepAt } = (await marker('u1')) as { sweepAt?: Date };
      expect(Number(sweepAt) / 1000).toBeGreaterThanOrEqual(now + 90_000 + hour);
      const found = await store.find('Session', { id: 's1' }, now + 80_000);
      expect(found).toMatchObject({ revision: 2, consumed: { attempt: 'a1', at: now } });
    });

    it('is not purged before its record', async () => {
      const { store } = space;
      await store.commit([insert('s1', { uid: 'u1' }, now + 100)], now);
      expect(await store.purge(now + 100, 100)).toEqual({ removed: 1, more: false });
      expect(await marker('u1')).toBeDefined();
      await store.purge(now + 300 + 2 * hour, 100);
      expect(await space.documents()).toEqual([]);
    });

    it('that is not set yet is given to a record that lacks it', async () => {
      const { store } = space;
      await store.commit([insert('s1', { uid: 'u1' })], now);
      await store.commit([{ put: session('s1', { keys: { uid: 'u1', nick: 'n1' } }) }], now);
      const by = { key: 'nick', value: 'n1' };
      expect((await store.find('Session', by, now))?.revision).toBe(2);
      expect(await outcomeOf(store.commit([insert('s2', { nick: 'n1' })], now))).toBe('exists');
    });

    it('is set anew for a record whose marker was lost', async () => {
      const { store } = space;
      await store.commit([insert('s1', { uid: 'u1' }, now + 9)], now);
      await space.connection
        .collection<{ _id: string }>(`${space.prefix}records`)
        .deleteOne({ _id: '=Session/uid=u1' });
      await store.commit([{ put: session('s1', { keys: { uid: 'u1' } }) }], now);
      expect(await findByUid(space.store, 'u1')).toBe('s1');
    });
  },
  { own: true },
);
