import assert from 'node:assert/strict';
import type { ContractCase } from '../contract-case.js';
import {
  assertRecord,
  assertRefused,
  grant,
  idsOf,
  insertAll,
  listAll,
  token,
  tokens,
} from '../fixtures.js';

/** Many records, page by page. */
export const listCases: readonly ContractCase[] = [
  {
    name: 'list gives all records of a kind, with every field',
    async run({ store, now }) {
      const insert = token('t1', { keys: { grantId: 'g1' }, expiresAt: now + 1000 });
      await store.commit([{ insert }, { insert: grant('g1') }], now);
      const records = await listAll(store, 'all', now);
      assert.equal(records.length, 1);
      assertRecord(records[0], { ...insert, revision: 1 });
    },
  },
  {
    name: 'list by a key gives the records that have the value, unique key or not',
    async run({ store, now }) {
      const inserts = [
        token('t1', { keys: { grantId: 'g1', userCode: 'u1' } }),
        token('t2', { keys: { grantId: 'g1' } }),
        token('t3', { keys: { grantId: 'g2', accountId: 'g1' } }),
      ];
      await insertAll(store, inserts, now);
      const byGrant = await listAll(store, { key: 'grantId', value: 'g1' }, now);
      assert.deepEqual(idsOf(byGrant), ['t1', 't2']);
      const byCode = await listAll(store, { key: 'userCode', value: 'u1' }, now);
      assert.deepEqual(idsOf(byCode), ['t1']);
    },
  },
  {
    name: 'list of nothing is one page without a cursor',
    async run({ store, now }) {
      for (const by of ['all', { key: 'grantId', value: 'g1' }] as const) {
        const page = await store.list('Token', by, { now });
        assert.deepEqual(page.records, []);
        assert.equal(page.cursor, undefined);
      }
    },
  },
  {
    name: 'list gives every record once, in pages within the limit',
    async run({ store, now }) {
      const inserts = tokens(25, { keys: { grantId: 'g1' } });
      await insertAll(store, inserts, now);
      for (const by of ['all', { key: 'grantId', value: 'g1' }] as const) {
        for (const limit of [1, 10, 25, 26]) {
          assert.deepEqual(idsOf(await listAll(store, by, now, limit)), idsOf(inserts));
        }
      }
    },
  },
  {
    name: 'list gives at most 100 records when no limit is asked for',
    async run({ store, now }) {
      await store.commit(
        tokens(101).map((insert) => ({ insert })),
        now,
      );
      const page = await store.list('Token', 'all', { now });
      assert.equal(page.records.length, 100);
      assert.notEqual(page.cursor, undefined);
      assert.equal((await listAll(store, 'all', now)).length, 101);
    },
  },
  {
    name: 'list gives every record that stays exactly once, while others come, change and go',
    async run({ store, now }) {
      const keys = { grantId: 'g1' };
      const grantKey = { key: 'grantId', value: 'g1' };
      const changing = token('t004', { keys });
      for (const by of ['all', grantKey] as const) {
        await store.commit([{ removeAll: { kind: 'Token', ...grantKey } }], now);
        const inserts = tokens(30, { keys });
        await insertAll(store, inserts, now);
        const stays = new Set(idsOf(inserts));
        const seen: string[] = [];
        let cursor: string | undefined;
        for (let page = 0; page === 0 || cursor !== undefined; page += 1) {
          assert.ok(page < 60, 'list does not come to an end');
          const options = { now, limit: 3, ...(cursor !== undefined && { cursor }) };
          const { records, cursor: next } = await store.list('Token', by, options);
          seen.push(...records.map(({ id }) => id));
          cursor = next;
          // The one where the next page starts, and one that may be ahead.
          for (const id of [seen.at(-1), inserts[29 - page]?.id]) {
            if (id === undefined || id === changing.id) continue;
            await store.commit([{ remove: { kind: 'Token', id } }], now);
            stays.delete(id);
          }
          await store.commit([{ put: { ...changing, payload: `${page}` } }], now);
          if (page < 10) await insertAll(store, [token(`t00${page}x`, { keys })], now);
        }
        for (const id of stays) {
          assert.equal(seen.filter((other) => other === id).length, 1, `${id} is not seen once`);
        }
      }
    },
  },
  {
    name: 'list by a key that is not declared is refused',
    async run({ store, now }) {
      await store.commit([{ insert: token('t1') }], now);
      for (const key of ['clientId', '__proto__', 'payload', 'id', '']) {
        const list = () => store.list('Token', { key, value: 't1' }, { now });
        await assertRefused(list, `list by ${JSON.stringify(key)}`);
      }
    },
  },
  {
    name: 'list with a cursor that it never gave is refused',
    async run({ store, now }) {
      await insertAll(store, tokens(3), now);
      const cursors: unknown[] = [
        '',
        'x',
        '\u0000',
        '__proto__',
        '{"$gt":""}',
        "' OR 1=1",
        {},
        1,
        null,
      ];
      for (const cursor of [...cursors, 'x'.repeat(100_000)]) {
        const list = () => store.list('Token', 'all', { now, cursor: cursor as string });
        await assert.rejects(async () => list(), Error, `accepted ${JSON.stringify(cursor)}`);
      }
    },
  },
];
