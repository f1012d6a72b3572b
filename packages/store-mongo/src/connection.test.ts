import { setTimeout as delay } from 'node:timers/promises';
import mongoose from 'mongoose';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { startMongoProxy } from '../../../scripts/testing/mongo-proxy.js';
import { kinds, now, openSpace, token } from '../test/fixtures.js';
import { mongoStore } from './index.js';

describe('mongoStore refuses', () => {
  const connection = new mongoose.Mongoose().createConnection();
  const whatToGive =
    'mongoStore needs a mongoose connection or a uri, and not both: write mongoStore({ connection: mongoose.connection })';

  it.each([
    ...[undefined, null, 'mongodb://me:pw@db', 7, [], {}],
    ...[{ connection: undefined }, { connection: {} }, { connection: null }],
  ])('%j, and says what to give', (options) => {
    expect(() => mongoStore(options as never)).toThrow(new TypeError(whatToGive));
  });

  it('mongoose itself in place of its connection, and says what to give', () => {
    expect(() => mongoStore({ connection: mongoose as never })).toThrow(new TypeError(whatToGive));
  });

  it('both a connection and a URI, and says what to give', () => {
    const both = { connection, uri: 'mongodb://127.0.0.1/x' };
    expect(() => mongoStore(both as never)).toThrow(new TypeError(whatToGive));
  });

  it.each(['', '$a', 'a.b', 'system.', '1a', 'a\0', 'a b', {}, 'a'.repeat(100)])(
    'the prefix %j',
    (prefix) => {
      expect(() => mongoStore({ connection, prefix: prefix as string })).toThrow(/^prefix must /);
    },
  );

  it.each([0, -1, 1.5, '4000', Infinity])('the timeout %j', (timeoutMilliseconds) => {
    expect(() =>
      mongoStore({ connection, timeoutMilliseconds: timeoutMilliseconds as number }),
    ).toThrow(/^timeoutMilliseconds must be a whole number/);
  });

  it.each(['', '\ud800', 'ß'.repeat(101)])('the name %j of a kind or a key', async (name) => {
    const store = mongoStore({ connection, timeoutMilliseconds: 200 });
    const refusal = (path: string) => new TypeError(`${path} must be a name of 1 to 200 bytes`);
    const kind = { kind: name, keys: {} };
    await expect(store.open([kind])).rejects.toThrow(refusal('kinds[].kind'));
    const key = { kind: 'Token', keys: { [name]: {} } };
    await expect(store.open([key])).rejects.toThrow(refusal('kinds[].keys'));
  });

  it('a connection that nobody opens, in time and with what to do', async () => {
    const store = mongoStore({ connection, timeoutMilliseconds: 200 });
    await expect(store.open(kinds)).rejects.toThrow(
      'the mongoose connection was never opened: call connect() before',
    );
  });
});

describeOnMongo('the connection of a host', (server) => {
  it('may still be opening when the store is used', async () => {
    const host = new mongoose.Mongoose();
    const store = mongoStore({ connection: host.connection, prefix: 'late_' });
    const opening = store.open(kinds);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const connecting = host.connect(server().uri);
    await opening;
    await store.commit([{ insert: token('t1') }], now);
    await connecting;
    expect((await store.find('Token', { id: 't1' }, now))?.id).toBe('t1');
    await host.disconnect();
  });

  it('may be of another database than its client', async () => {
    const host = await mongoose.createConnection(server().uri).asPromise();
    const name = `${host.name}_b`;
    const other = host.useDb(name);
    const store = mongoStore({ connection: other, prefix: 'use_' });
    await store.open(kinds);
    await store.commit([{ insert: token('t1') }], now);
    const client = host.getClient();
    expect(await client.db(name).collection('use_records').countDocuments()).toBe(1);
    expect(await client.db(host.name).collection('use_records').countDocuments()).toBe(0);
    await client.db(name).dropDatabase();
    await host.close();
  });

  it('may be closed and opened again', async () => {
    const host = new mongoose.Mongoose();
    await host.connect(server().uri);
    const store = mongoStore({ connection: host.connection, prefix: 'again_' });
    await store.open(kinds);
    await host.disconnect();
    await expect(store.find('Token', { id: 't1' }, now)).rejects.toThrow();
    await host.connect(server().uri);
    await store.commit([{ put: token('t1') }], now);
    expect((await store.find('Token', { id: 't1' }, now))?.id).toBe('t1');
    await host.disconnect();
  });

  it('stays open when the store is closed, and the store can be opened again', async () => {
    const { store, connection } = await openSpace(server());
    await store.close();
    expect(connection.readyState).toBe(1);
    await store.open(kinds);
    expect(await store.find('Token', { id: 't1' }, now)).toBeUndefined();
    await connection.close();
  });

  it('of the store itself waits at the start for a server that starts too', async () => {
    const proxy = await startMongoProxy(server().uri);
    const store = mongoStore({
      uri: proxy.uri,
      prefix: 'starting_',
      timeoutMilliseconds: 2000,
    });
    try {
      proxy.freeze();
      const thawing = delay(2500).then(() => proxy.thaw());
      await store.open(kinds);
      await thawing;
      expect(await store.find('Token', { id: 't1' }, now)).toBeUndefined();
    } finally {
      await store.close();
      await proxy.close();
    }
  });

  it('of the store itself is closed with it, after the calls that run', async () => {
    const store = mongoStore({ uri: server().uri, prefix: 'own_' });
    await store.open(kinds);
    const commits = Array.from({ length: 20 }, (_, n) =>
      store.commit([{ insert: token(`t${n}`) }], now),
    );
    await store.close();
    await Promise.all(commits);
    await expect(store.find('Token', { id: 't1' }, now)).rejects.toThrow('the store is closed');
    await store.open(kinds);
    expect((await store.list('Token', 'all', { now })).records).toHaveLength(20);
    await store.close();
  });
});
