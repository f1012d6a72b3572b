import type { Relation, Write } from '@gatehouse/core';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { kinds, now, session, token } from '../test/fixtures.js';
import { type Host, type HostName, hosts, type Sent } from '../test/hosts.js';
import { type MongoStore, mongoStore } from './index.js';

const payload = '{"$gt":"","a.b":{"$where":"1"},"__proto__":{"x":1}}';
const relations: readonly Relation[] = [
  { kind: 'Session', key: 'id', from: 'accountId' },
  { kind: 'Token', key: 'grantId', from: 'grantId' },
];

/** Everything that a store does. */
async function doAll(store: MongoStore): Promise<void> {
  const keys = { grantId: '$g', accountId: 'a.1' };
  const writes: readonly (readonly Write[])[] = [
    [{ insert: token('t1', { keys, payload }) }, { insert: session('s1', { payload }) }],
    [{ insert: token('t2', { keys, payload, expiresAt: now }) }],
    [{ insert: token('t2', { payload }) }],
    [{ consume: { kind: 'Token', id: 't1', attempt: '$a', receipt: '{"$a":1}' } }],
    [{ put: token('t1', { payload, keys }), ifRevision: 2 }],
    [{ put: token('t3', { payload }) }, { put: token('t1', { payload, keys }) }],
    [{ put: session('s1', { keys: { uid: 'u2' }, payload }) }],
    [{ insert: session('s2', { keys: { uid: 'u2' } }) }],
    [{ remove: { kind: 'Session', id: 's1' } }, { remove: { kind: 'Token', id: 't3' } }],
    [{ removeAll: { kind: 'Token', key: 'grantId', value: '$g' } }],
    [{ removeAll: { kind: 'Session', key: 'uid', value: 'u2' } }],
  ];
  for (const some of writes) await store.commit(some, now).catch(() => {});
  await store.find('Token', { id: 't1' }, now);
  await store.find('Session', { key: 'uid', value: 'u2' }, now);
  await store.findRelated('Token', { id: 't1' }, relations, now);
  await store.list('Token', { key: 'grantId', value: '$g' }, { now });
  await store.purge(now, 10);
  const counter = store.limiter({ keyPrefix: '$set', points: 1, duration: 60, blockDuration: 60 });
  for (let n = 0; n < 3; n += 1) await counter.consume('$key').catch(() => {});
  await counter.get('$key');
  await counter.reward('$key', 1);
  await counter.delete('$key');
}

const writing = ['insert', 'update', 'delete', 'findAndModify'];
const reading = ['find', 'aggregate'];

describeOnMongo('what the store sends', (server) => {
  let spaces = 0;
  let host: Host;
  let store: MongoStore;

  async function open(name: HostName): Promise<void> {
    host = await hosts[name](server().uri);
    store = mongoStore({ connection: host.connection, prefix: `w${++spaces}_` });
    await store.open(kinds);
  }
  afterEach(() => host.close());

  const sent = (): readonly Sent[] => host.commands;
  const sinceNow = (): (() => readonly string[]) => {
    const from = sent().length;
    return () =>
      sent()
        .slice(from)
        .map(({ name }) => name);
  };

  it.each(Object.keys(hosts) as HostName[])(
    'is acknowledged by a majority and read from the primary, on %s',
    async (name) => {
      await open(name);
      await doAll(store);
      const ours = sent().filter((one) => [...writing, ...reading].includes(one.name));
      expect(new Set(ours.map((one) => one.name))).toEqual(new Set([...writing, ...reading]));
      for (const { name: command, command: body } of ours) {
        expect(body.maxTimeMS).toBeGreaterThan(0);
        expect(body.maxTimeMS).toBeLessThanOrEqual(60_000);
        if (writing.includes(command)) {
          expect(body.writeConcern).toEqual({ w: 'majority', j: true });
        } else {
          expect(body.readConcern).toEqual({ level: 'majority' });
          expect(body.$readPreference ?? { mode: 'primary' }).toEqual({ mode: 'primary' });
        }
      }
    },
  );

  it('decides nothing by an upsert or a transaction, and deletes by `_id` or index alone', async () => {
    await open('mongoose 9');
    await doAll(store);
    const text = JSON.stringify(sent());
    expect(text).not.toContain('"upsert":true');
    expect(text).not.toContain('startTransaction');
    for (const { name, command } of sent()) {
      if (name !== 'delete') continue;
      for (const { q } of command.deletes as readonly { readonly q: object }[]) {
        expect(JSON.stringify(q)).toMatch(/"(_id|index)":/);
      }
    }
  });

  it('has no name of a field, and no operator, that comes from a value', async () => {
    await open('mongoose 9');
    await doAll(store);
    const names = new Set<string>();
    collectNames(
      sent()
        .filter(({ name }) => [...writing, ...reading].includes(name))
        .map(({ command }) => command),
      names,
    );
    const known = `
      insert update delete findAndModify find aggregate documents ordered updates deletes q u limit query new remove
      fields filter sort projection batchSize singleBatch pipeline cursor upsert multi comment allowDiskUse let
      bypassDocumentValidation writeConcern w j readConcern level $readPreference mode maxTimeMS $db lsid id txnNumber
      $clusterTime clusterTime signature hash keyId
      _id payload keys index full expiresAt sweepAt revision token consumed attempt at receipt holders heldUntil
      owner holder points expire
      $set $unset $inc $max $eq $ne $gt $gte $lt $lte $in $or $match $lookup from localField foreignField as $addFields
      $unwind $concat $literal $ifNull to0 to1
      uid nick grantId accountId keys.uid keys.nick holders.uid holders.nick
    `.split(/\s+/);
    expect([...names].filter((name) => !known.includes(name))).toEqual([]);
  });

  const cases: readonly {
    readonly what: string;
    readonly run: (store: MongoStore) => Promise<unknown>;
    readonly rounds: readonly string[];
  }[] = [
    { what: 'find by id', run: (s) => s.find('Token', { id: 'code' }, now), rounds: ['find'] },
    {
      what: 'find by a unique key',
      run: (s) => s.find('Session', { key: 'uid', value: 's1' }, now),
      rounds: ['aggregate'],
    },
    {
      what: 'findRelated',
      run: (s) => s.findRelated('Token', { id: 'code' }, relations, now),
      rounds: ['aggregate'],
    },
    {
      what: 'findRelated by a unique key',
      run: (s) => {
        const some = [{ kind: 'Token', key: 'accountId', from: 'accountId' }];
        return s.findRelated('Session', { key: 'uid', value: 's1' }, some, now);
      },
      rounds: ['aggregate'],
    },
    {
      what: 'list',
      run: (s) => s.list('Token', { key: 'grantId', value: 'g1' }, { now }),
      rounds: ['find'],
    },
    {
      what: 'what hands out for a consumed record',
      run: (s) =>
        s.commit(
          [
            { consume: { kind: 'Token', id: 'code', attempt: 'a1' } },
            { insert: token('access') },
            { insert: token('refresh') },
            { insert: session('s2') },
          ],
          now,
        ),
      rounds: ['update', 'insert'],
    },
    {
      what: 'a replay id with what it is good for',
      run: (s) => s.commit([{ insert: token('jti') }, { insert: token('access') }], now),
      rounds: ['insert'],
    },
    {
      what: 'a change of a record',
      run: (s) => s.commit([{ put: token('code', { payload: 'new' }), ifRevision: 1 }], now),
      rounds: ['update'],
    },
    {
      what: 'a change of a record that keeps its unique values',
      run: (s) => {
        const put = session('s1', { keys: { uid: 's1', accountId: 'a2' } });
        return s.commit([{ put, ifRevision: 1 }], now);
      },
      rounds: ['findAndModify'],
    },
    {
      what: 'all that goes away, of all kinds without unique keys',
      run: (s) => {
        const removeAll = (key: string) => ({ removeAll: { kind: 'Token', key, value: 'g1' } });
        const remove = { remove: { kind: 'Token', id: 'code' } };
        return s.commit([remove, removeAll('grantId'), removeAll('accountId')], now);
      },
      rounds: ['delete'],
    },
    {
      what: 'a record written whatever stands there',
      run: (s) => s.commit([{ put: token('new') }], now),
      rounds: ['update', 'insert'],
    },
  ];
  it.each(cases)('is few commands: $what', async ({ run, rounds }) => {
    await open('mongoose 9');
    const code = token('code', { keys: { grantId: 'g1' } });
    await store.commit([{ insert: code }, { insert: session('s1') }], now);
    const names = sinceNow();
    await run(store);
    expect(names()).toEqual(rounds);
  });
});

function collectNames(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const one of value) collectNames(one, names);
  } else if (typeof value === 'object' && value !== null && !isLeaf(value)) {
    for (const [name, one] of Object.entries(value)) {
      names.add(name);
      collectNames(one, names);
    }
  }
}

function isLeaf(value: object): boolean {
  return '_bsontype' in value || Object.prototype.toString.call(value) !== '[object Object]';
}
