import type { Write } from '@gatehouse/core';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import {
  type Fate,
  type MongoProxy,
  startMongoProxy,
} from '../../../scripts/testing/mongo-proxy.js';
import { idsOf, now, openSpace, outcomeOf, type Space, session, token } from '../test/fixtures.js';

interface Retried {
  readonly what: string;
  /** The command that fails, and how many of that name go before. */
  readonly command: string;
  readonly skip?: number;
  readonly writes: readonly Write[];
  /** A unique value that is free afterwards. */
  readonly frees?: string;
}

const standing: readonly Write[] = [
  { insert: token('old', { keys: { grantId: 'g1' } }) },
  { insert: token('expired', { expiresAt: now }) },
  { insert: session('live', { keys: { uid: 'live', accountId: 'a1' } }) },
  { insert: session('expired', { expiresAt: now }) },
];

const consume = { kind: 'Token', id: 'old', attempt: 'a1', receipt: 'r1' };
const moved = session('live', { keys: { uid: 'other' } });

const retried: readonly Retried[] = [
  { what: 'an insert', command: 'insert', writes: [{ insert: token('new') }] },
  {
    what: 'many inserts',
    command: 'insert',
    writes: [{ insert: token('new') }, { insert: token('new2') }, { insert: session('s2') }],
  },
  {
    what: 'an insert with unique values',
    command: 'insert',
    writes: [{ insert: session('s2', { keys: { uid: 'u2', nick: 'n2' } }) }],
  },
  {
    what: 'an insert over an expired record',
    command: 'update',
    writes: [{ insert: token('expired') }],
  },
  {
    what: 'an insert that shuts the place of an expired holder',
    command: 'update',
    writes: [{ insert: session('s2', { keys: { uid: 'expired' } }) }],
  },
  {
    what: 'an insert that takes the marker of an expired holder',
    command: 'update',
    skip: 1,
    writes: [{ insert: session('s2', { keys: { uid: 'expired' } }) }],
  },
  { what: 'a consume', command: 'update', writes: [{ consume }] },
  {
    what: 'a put with a revision',
    command: 'update',
    writes: [{ put: token('old', { payload: 'new' }), ifRevision: 1 }],
  },
  {
    what: 'a put that replaces',
    command: 'update',
    writes: [{ put: token('old', { payload: 'new' }) }],
  },
  { what: 'a put that creates', command: 'insert', writes: [{ put: token('new') }] },
  {
    what: 'a put that drops a unique value',
    frees: 'live',
    command: 'findAndModify',
    writes: [{ put: session('live', { keys: {} }), ifRevision: 1 }],
  },
  {
    what: 'a put of another unique value, while it gets the marker',
    command: 'insert',
    writes: [{ put: moved, ifRevision: 1 }],
  },
  {
    what: 'a put of another unique value, while it lands',
    frees: 'live',
    command: 'update',
    writes: [{ put: moved, ifRevision: 1 }],
  },
  {
    what: 'a put of another unique value, while it lets go of the marker',
    frees: 'live',
    command: 'delete',
    writes: [{ put: moved, ifRevision: 1 }],
  },
  { what: 'a remove', command: 'delete', writes: [{ remove: { kind: 'Token', id: 'old' } }] },
  {
    what: 'a remove with markers',
    frees: 'live',
    command: 'findAndModify',
    writes: [{ remove: { kind: 'Session', id: 'live' } }],
  },
  {
    what: 'a removeAll with markers',
    frees: 'live',
    command: 'delete',
    writes: [{ removeAll: { kind: 'Session', key: 'accountId', value: 'a1' } }],
  },
  { what: 'the reads of a commit', command: 'find', writes: [{ put: moved, ifRevision: 1 }] },
];

const fates: readonly Fate[] = ['answer lost', 'command lost', { code: 112 }, { code: 50463173 }];

describeOnMongo(
  'a commit that is retried',
  (server) => {
    let proxy: MongoProxy;
    let direct: Space;
    let proxied: Space;
    beforeEach(async () => {
      proxy = await startMongoProxy(server().uri);
      direct = await openSpace(server());
      proxied = await openSpace(proxy, direct.prefix, 4_000);
      await direct.store.commit(standing, now - 1);
    });
    afterEach(async () => {
      await proxied.close();
      await proxy.close();
      await direct.close();
    });

    describe.each(fates)('after %j', (fate) => {
      it.each(retried)('does $what once', async ({ command, skip, writes, frees }) => {
        const met = proxy.meet(command, fate, skip);
        await proxied.store.commit(writes, now);
        await met;
        const after = await contentOf(direct);
        // The same without a failure.
        const other = await openSpace(server());
        try {
          await other.store.commit(standing, now - 1);
          await other.store.commit(writes, now);
          expect(after).toEqual(await contentOf(other));
        } finally {
          await other.close();
        }
        if (frees === undefined) return;
        const taker = { insert: session('taker', { keys: { uid: frees } }) };
        expect(await outcomeOf(direct.store.commit([taker], now))).toBe('ok');
      });
    });

    it.each([1, 112, 10107, 11602, 50463173])('reads again after code %i', async (code) => {
      for (const command of ['find', 'aggregate']) {
        const met = proxy.meet(command, { code });
        const by = command === 'find' ? { id: 'live' } : { key: 'uid', value: 'live' };
        expect((await proxied.store.find('Session', by, now))?.id).toBe('live');
        await met;
      }
    });

    it.each([13, 8000])('does not repeat what the server refuses with code %i', async (code) => {
      void proxy.meet('update', { code });
      const refused = proxied.store.commit([{ consume }], now);
      await expect(refused).rejects.toMatchObject({ code });
      expect(proxied.commands()).toEqual(['update']);
    });

    it('gives up when the server never recovers, and does so in time', async () => {
      for (let n = 0; n < 200; n += 1) void proxy.meet('update', { code: 112 });
      const started = performance.now();
      const error: unknown = await proxied.store.commit([{ consume }], now).catch((why) => why);
      // What the server said last, unless the time was over while it was asked once more.
      expect([112, 'MongoDB gave no answer within 4000 ms']).toContain(
        (error as { code?: number }).code ?? (error as Error).message,
      );
      expect(performance.now() - started).toBeLessThan(4_500);
      expect((await direct.store.find('Token', { id: 'old' }, now))?.consumed).toBeUndefined();
    });

    it('takes what another did meanwhile as a conflict', async () => {
      void proxy.meet('update', 'command lost');
      const late = outcomeOf(proxied.store.commit([{ consume }], now));
      await direct.store.commit([{ consume: { ...consume, attempt: 'a2' } }], now);
      expect(await late).toBe('consumed');
    });
  },
  { own: true },
);

/** What a store holds, without the names of writers and what they left behind. */
async function contentOf({ store, documents }: Space): Promise<object> {
  const found = [];
  const all = await documents();
  for (const kind of ['Token', 'Session']) {
    for (const id of await idsOf(store, kind)) {
      const record = await store.find(kind, { id }, now);
      const markers = Object.entries(record?.keys ?? {}).map(([key, value]) => {
        return all.find(({ _id }) => _id === `=${kind}/${key}=${value}`)?.owner;
      });
      found.push({ record, markers });
    }
  }
  return found;
}
