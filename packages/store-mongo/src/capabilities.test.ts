import type { By, KindDeclaration } from '@gatehouse/core';
import mongoose from 'mongoose';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { type MongoProxy, startMongoProxy } from '../../../scripts/testing/mongo-proxy.js';
import { now, openSpace, type Space, session, token } from '../test/fixtures.js';
import { mongoStore } from './index.js';

const relations = [
  { kind: 'Session', key: 'id', from: 'accountId' },
  { kind: 'Session', key: 'uid', from: 'grantId' },
  { kind: 'Token', key: 'accountId', from: 'accountId' },
];

describeOnMongo(
  'a server that lacks something',
  (server) => {
    let proxy: MongoProxy;
    let plain: Space;
    beforeEach(async () => {
      proxy = await startMongoProxy(server().uri);
      plain = await openSpace(server());
      const keys = { grantId: 'u1', accountId: 's1' };
      await plain.store.commit(
        [
          { insert: token('t1', { keys }) },
          { insert: token('t2', { keys: { accountId: 's1' } }) },
          { insert: token('t3', { keys: { accountId: 's1' }, expiresAt: now }) },
          { insert: session('s1') },
          { insert: session('s2', { keys: { uid: 'u1' } }) },
        ],
        now - 1,
      );
    });
    afterEach(async () => {
      await plain.close();
      await proxy.close();
    });

    it.each([40324, 28769, 238])(
      'joins nothing: related records are read in rounds (code %i)',
      async (code) => {
        void proxy.meet('aggregate', { code });
        const { store, commands, close } = await openSpace(proxy, plain.prefix);
        const found = await store.findRelated('Token', { id: 't1' }, relations, now);
        expect(commands()).toEqual(['find', 'find', 'find', 'find']);
        expect(found).toEqual(await plain.store.findRelated('Token', { id: 't1' }, relations, now));
        expect(found?.related.map(({ id }) => id).sort()).toEqual(['s1', 's2', 't1', 't2']);
        const by: By = { key: 'uid', value: 'u1' };
        expect(await store.find('Session', by, now)).toEqual(
          await plain.store.find('Session', by, now),
        );
        await close();
      },
    );

    it('joins less than is related: that one call reads in rounds', async () => {
      const { store, commands, close } = await openSpace(proxy, plain.prefix);
      void proxy.meet('aggregate', { code: 4568 });
      const found = await store.findRelated('Token', { id: 't1' }, relations, now);
      expect(found?.related).toHaveLength(4);
      expect(commands()).toEqual(['aggregate', 'find', 'find', 'find', 'find']);
      await store.findRelated('Token', { id: 't1' }, relations, now);
      expect(commands()).toEqual(['aggregate']);
      await close();
    });

    it('knows no read concern majority: it is read from the primary as it is', async () => {
      void proxy.meet('find', { code: 148 });
      const connection = await mongoose
        .createConnection(proxy.uri, { monitorCommands: true })
        .asPromise();
      const levels: unknown[] = [];
      connection.getClient().on('commandStarted', ({ command }) => {
        if ('find' in command) levels.push(command.readConcern?.level);
      });
      const store = mongoStore({ connection, prefix: plain.prefix });
      await store.open([{ kind: 'Token', keys: {} }]);
      expect((await store.find('Token', { id: 't1' }, now))?.id).toBe('t1');
      expect(levels).toEqual(['majority', 'local']);
      await connection.close();
    });

    it.each([13, 50])('is not taken for one because of code %i', async (code) => {
      void proxy.meet('aggregate', { code });
      const connection = await mongoose.createConnection(proxy.uri).asPromise();
      const store = mongoStore({ connection, prefix: plain.prefix });
      await expect(store.open([])).rejects.toMatchObject({ code });
      await store.open([]);
      await connection.close();
    });
  },
  { own: true },
);

describeOnMongo('hostile names and values', (server) => {
  it('of kinds and keys stay what they are', async () => {
    const names = [
      '__proto__',
      '$gt',
      'a.b',
      '_bsontype',
      'toBSON',
      'a/b',
      '=',
      'constructor',
      'é',
    ];
    const keys = Object.fromEntries(names.map((name) => [name, {}]));
    const { store, close } = await openSpace(server(), 'names_');
    const declared: KindDeclaration[] = names.map((kind) => ({ kind, keys }));
    await store.open(declared);
    for (const kind of names) {
      const values = Object.fromEntries(names.map((name) => [name, `${kind} ${name}`]));
      await store.commit([{ insert: { kind, id: 'x', payload: kind, keys: values } }], now);
    }
    for (const kind of names) {
      const found = await store.find(kind, { id: 'x' }, now);
      expect(found?.payload).toBe(kind);
      expect(Object.entries(found?.keys ?? {}).sort()).toEqual(
        names.map((name) => [name, `${kind} ${name}`]).sort(),
      );
      for (const key of names) {
        const { records } = await store.list(kind, { key, value: `${kind} ${key}` }, { now });
        expect(records.map(({ payload }) => payload)).toEqual([kind]);
      }
      expect((await store.list(kind, 'all', { now })).records).toHaveLength(1);
    }
    await close();
  });

  it('of a megabyte, or of half a character, come back as they are', async () => {
    const { store, close } = await openSpace(server(), 'values_');
    const values = [
      'x'.repeat(1_000_000),
      'y'.repeat(513),
      '\ud800',
      'a\udfffb',
      '\ufffd',
      '#',
      '\u0001',
    ];
    for (const value of values) {
      const keys = { uid: value, accountId: value };
      const record = session(value, { keys, payload: value.slice(0, 1000) });
      await store.commit([{ insert: record }], now);
      const consume = { kind: 'Session', id: value, attempt: '\udc00', receipt: '\ud800' };
      await store.commit([{ consume }], now);
    }
    for (const value of values) {
      const found = await store.find('Session', { key: 'uid', value }, now);
      expect(found).toEqual({
        ...session(value, { payload: value.slice(0, 1000) }),
        keys: { uid: value, accountId: value },
        revision: 2,
        consumed: { attempt: '\udc00', at: now, receipt: '\ud800' },
      });
      const { records } = await store.list('Session', { key: 'accountId', value }, { now });
      expect(records).toEqual([found]);
      const relation = { kind: 'Session', key: 'uid', from: 'accountId' };
      const related = await store.findRelated('Session', { id: value }, [relation], now);
      expect(related?.related).toEqual([found]);
    }
    await close();
  });

  it('too large for a document are refused, and leave nothing of their commit', async () => {
    const { store, documents, close } = await openSpace(server(), 'large_');
    const large = { insert: token('t2', { payload: 'x'.repeat(7_000_001) }) };
    await expect(store.commit([{ insert: token('t1') }, large], now)).rejects.toThrow(
      new TypeError('id, payload and keys together may have 7000000 bytes'),
    );
    expect(await documents()).toEqual([]);
    await close();
  });
});
