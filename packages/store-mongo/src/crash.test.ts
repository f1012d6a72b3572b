import type { Write } from '@gatehouse/core';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { type MongoProxy, startMongoProxy } from '../../../scripts/testing/mongo-proxy.js';
import { type Children, makeChildren } from '../test/children.js';
import {
  idsOf,
  kinds,
  now,
  openSpace,
  outcomeOf,
  type Space,
  session,
  token,
} from '../test/fixtures.js';

interface Crash {
  readonly what: string;
  /** The command before which the process is killed, and how many of that name go before. */
  readonly command: string;
  readonly skip?: number;
  readonly writes: readonly Write[];
  readonly left: readonly string[];
  readonly spent: boolean;
}

const consume = { kind: 'Token', id: 'code', attempt: 'a1' };
const handOut: readonly Write[] = [
  { consume },
  { insert: token('access', { keys: { grantId: 'g1' } }) },
  { insert: session('refresh') },
  { put: token('put') },
  { remove: { kind: 'Token', id: 'old' } },
];

const crashes: readonly Crash[] = [
  {
    what: 'the first precondition',
    command: 'update',
    writes: handOut,
    left: ['code', 'old'],
    spent: false,
  },
  {
    what: 'what is handed out',
    command: 'insert',
    writes: handOut,
    left: ['code', 'old'],
    spent: true,
  },
  {
    what: 'the plain writes',
    command: 'update',
    skip: 1,
    writes: handOut,
    left: ['access', 'code', 'old', 'refresh'],
    spent: true,
  },
  {
    what: 'the last write',
    command: 'delete',
    writes: handOut,
    left: ['access', 'code', 'old', 'put', 'refresh'],
    spent: true,
  },
];

describeOnMongo(
  'a process that is killed within a commit',
  (server) => {
    let children: Children;
    let proxy: MongoProxy;
    let space: Space;
    beforeAll(async () => {
      children = await makeChildren();
    });
    afterAll(() => children.end());
    beforeEach(async () => {
      proxy = await startMongoProxy(server().uri);
      space = await openSpace(server());
      await space.store.commit([{ insert: token('code') }, { insert: token('old') }], now);
    });
    afterEach(async () => {
      await proxy.close();
      await space.close();
    });

    async function killBefore(writes: readonly Write[], command: string, skip = 0): Promise<void> {
      const child = children.start();
      const { prefix } = space;
      expect(await child.tell({ open: { uri: proxy.uri, prefix, kinds } })).toEqual(['ok']);
      const met = proxy.meet(command, 'held', skip);
      void child.tell({ commits: [writes], now });
      await met;
      await child.kill();
    }

    it.each(crashes)('before $what leaves what was done, in order', async (crash) => {
      const { command, skip, writes, left, spent } = crash;
      await killBefore(writes, command, skip);
      const { store } = space;
      const ids = [...(await idsOf(store, 'Token')), ...(await idsOf(store, 'Session'))];
      expect(ids.sort()).toEqual(left);
      const code = await store.find('Token', { id: 'code' }, now);
      expect(code?.consumed !== undefined).toBe(spent);
      // Whoever comes next is handed out what the code is good for only if nobody was.
      const again = [{ consume: { ...consume, attempt: 'a2' } }, { put: token('again') }];
      expect(await outcomeOf(store.commit(again, now))).toBe(spent ? 'consumed' : 'ok');
    });

    it('between a marker and its record blocks the value for a moment only', async () => {
      // With two documents in one command, the proxy cannot stand between them: this is what the crash leaves.
      const { store, put } = space;
      await put({
        _id: '=Session/uid=u1',
        owner: 'Session/lost',
        holder: 'h1',
        sweepAt: new Date(),
      });
      const started = performance.now();
      await store.commit([{ insert: session('s1', { keys: { uid: 'u1' } }) }], now);
      expect(performance.now() - started).toBeLessThan(2_000);
      const found = await store.find('Session', { key: 'uid', value: 'u1' }, now);
      expect(found?.id).toBe('s1');
    });

    it.each([
      { what: 'it got the new marker', command: 'insert', holds: 'u1' },
      { what: 'it landed', command: 'update', holds: 'u1' },
      { what: 'it let go of the old marker', command: 'delete', holds: 'u2' },
    ])('before $what leaves a record with one unique value', async ({ command, holds }) => {
      const { store } = space;
      await store.commit([{ insert: session('s1', { keys: { uid: 'u1' } }) }], now);
      await killBefore([{ put: session('s1', { keys: { uid: 'u2' } }) }], command);
      expect((await store.find('Session', { key: 'uid', value: holds }, now))?.id).toBe('s1');
      const other = holds === 'u1' ? 'u2' : 'u1';
      expect(await store.find('Session', { key: 'uid', value: other }, now)).toBeUndefined();
      const insert = (id: string, uid: string): Promise<string> =>
        outcomeOf(store.commit([{ insert: session(id, { keys: { uid } }) }], now));
      expect(await insert('s2', holds)).toBe('exists');
      expect(await insert('s3', other)).toBe('ok');
    });
  },
  { own: true },
);
