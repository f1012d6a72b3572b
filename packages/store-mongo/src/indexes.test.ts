import type { Connection } from 'mongoose';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { startMongoProxy } from '../../../scripts/testing/mongo-proxy.js';
import { type Children, makeChildren } from '../test/children.js';
import { kinds, now, openSpace, session, token } from '../test/fixtures.js';
import { mongoIndexes, mongoStore } from './index.js';

const indexes = [
  { collection: 'gatehouse_records', key: { index: 1, _id: 1 }, options: {} },
  {
    collection: 'gatehouse_records',
    key: { sweepAt: 1 },
    options: { expireAfterSeconds: 3600 },
  },
  {
    collection: 'gatehouse_counters',
    key: { expire: 1 },
    options: { expireAfterSeconds: 3600 },
  },
];

/** The indexes that are asked for from now on. */
function askedOn(connection: Connection): readonly object[] {
  const asked: object[] = [];
  connection.getClient().on('commandStarted', ({ command }) => {
    for (const { key, ...rest } of command.indexes ?? []) {
      asked.push({ key: key instanceof Map ? Object.fromEntries(key) : key, ...rest });
    }
  });
  return asked;
}

describe('mongoIndexes', () => {
  it('gives what createIndex takes, the same for every kind and plugin', () => {
    expect(mongoIndexes()).toEqual(indexes);
    expect(mongoIndexes('my_').map(({ collection }) => collection)).toEqual([
      'my_records',
      'my_records',
      'my_counters',
    ]);
  });
});

describeOnMongo(
  'open',
  (server) => {
    let children: Children;
    beforeAll(async () => {
      children = await makeChildren();
    });
    afterAll(() => children.end());

    it('asks for those indexes, and for no unique one', async () => {
      const { connection, close } = await openSpace(server());
      const asked = askedOn(connection);
      await mongoStore({ connection, prefix: 'asked_' }).open(kinds);
      expect(asked).toMatchObject(indexes.map(({ key, options }) => ({ key, ...options })));
      expect(JSON.stringify(asked)).not.toMatch(/unique|sparse|partial/);
      await close();
    });

    it('makes none when a team makes them', async () => {
      const { connection, commands, close } = await openSpace(server());
      const store = mongoStore({ connection, prefix: 'none_', createIndexes: false });
      await store.open(kinds);
      expect(commands()).not.toContain('createIndexes');
      await store.commit([{ insert: token('t1') }], now);
      expect((await store.find('Token', { id: 't1' }, now))?.id).toBe('t1');
      await close();
    });

    it.each([67, 72, 238])(
      'does without TTL where the server refuses it with code %i',
      async (code) => {
        const proxy = await startMongoProxy(server().uri);
        const { connection, commands, close } = await openSpace(proxy);
        const asked = askedOn(connection);
        // The TTL indexes are the second and the third, and each is asked for again.
        for (const skip of [1, 2]) {
          for (let n = 0; n < 5; n += 1) void proxy.meet('createIndexes', { code }, skip);
        }
        const store = mongoStore({ connection, prefix: `refused${code}_` });
        await store.open(kinds);
        const plain = asked.filter((index) => !('expireAfterSeconds' in index));
        expect(plain).toMatchObject(indexes.map(({ key }) => ({ key })));
        await store.commit([{ insert: token('t1', { expiresAt: now + 1 }) }], now);
        expect(await store.purge(now + 1, 10)).toEqual({ removed: 1, more: false });
        expect(commands()).toContain('createIndexes');
        await close();
        await proxy.close();
      },
    );

    it.each([85, 86])(
      'keeps an index that a team has made in another way (code %i)',
      async (code) => {
        const proxy = await startMongoProxy(server().uri);
        const { connection, close } = await openSpace(proxy);
        void proxy.meet('createIndexes', { code }, 1);
        await mongoStore({ connection, prefix: `other${code}_` }).open(kinds);
        await close();
        await proxy.close();
      },
    );

    it('fails when the server allows no index at all', async () => {
      const proxy = await startMongoProxy(server().uri);
      const { connection, close } = await openSpace(proxy);
      for (let n = 0; n < 20; n += 1) void proxy.meet('createIndexes', { code: 13 });
      const opening = mongoStore({ connection, prefix: 'forbidden_' }).open(kinds);
      await expect(opening).rejects.toMatchObject({ code: 13 });
      await close();
      await proxy.close();
    });

    it('by 5 processes at once makes one store, in which one of many processes wins', async () => {
      const { store, prefix, put, documents, close } = await openSpace(server(), 'five_');
      await store.close();
      const running = Array.from({ length: 5 }, () => children.start());
      const { uri } = server();
      const opened = running.map((child) => child.tell({ open: { uri, prefix, kinds } }));
      expect((await Promise.all(opened)).flat()).toEqual(Array(5).fill('ok'));

      await put({
        _id: '=Session/uid=left',
        owner: 'Session/lost',
        holder: 'h',
        sweepAt: new Date(),
      });
      for (const [uid, how] of [
        ['u1', 'insert'],
        ['u2', 'put'],
        ['left', 'insert'],
      ] as const) {
        const answers = await Promise.all(
          running.map((child, c) => {
            const commits = Array.from({ length: 50 }, (_, n) => {
              const record = session(`${uid}-${c}-${n}`, { keys: { uid } });
              return [how === 'insert' ? { insert: record } : { put: record }];
            });
            return child.tell({ commits, now });
          }),
        );
        expect(answers.flat().filter((answer) => answer === 'ok')).toHaveLength(1);
        expect(new Set(answers.flat())).toEqual(new Set(['ok', 'exists']));
      }
      const records = (await documents()).filter(({ _id }) => _id.startsWith('Session/u'));
      expect(records.filter(({ payload }) => payload !== '')).toHaveLength(2);
      await close();
    });
  },
  { own: true },
);
