import assert from 'node:assert/strict';
import type { ContractCase } from '../contract-case.js';
import { idsOf, insertAll, listAll, token, tokens } from '../fixtures.js';

const needs = 'purge';

/** Removing what has expired, in steps. */
export const purgeCases: readonly ContractCase[] = [
  {
    name: 'purge removes expired records, at most as many as asked for, until none is left',
    needs,
    async run({ store, now }) {
      const inserts = tokens(25, { expiresAt: now + 10 });
      await store.commit(
        inserts.map((insert) => ({ insert })),
        now,
      );
      await insertAll(store, [token('live')], now);
      let removed = 0;
      for (let more = true, steps = 0; more; steps += 1) {
        assert.ok(steps < 100, 'purge does not come to an end');
        const result = await store.purge?.(now + 10, 10);
        assert.ok(result && result.removed <= 10, 'purge removed more than it was asked for');
        removed += result.removed;
        more = result.more;
      }
      // A database that sweeps by itself, or a store that does while it commits, leaves less.
      assert.ok(removed <= 25, 'purge counts more than there was');
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), ['live']);
      assert.deepEqual(await store.purge?.(now + 10, 10), { removed: 0, more: false });
    },
  },
  {
    name: 'purge leaves what has not expired, and what has no expiry',
    needs,
    async run({ store, now }) {
      const keys = { grantId: 'g1', userCode: 'u1' };
      await insertAll(store, [token('t1', { expiresAt: now + 11, keys }), token('t2')], now);
      assert.deepEqual(await store.purge?.(now + 10, 10), { removed: 0, more: false });
      assert.deepEqual(idsOf(await listAll(store, 'all', now + 10)), ['t1', 't2']);
      const found = await store.find('Token', { key: 'userCode', value: 'u1' }, now + 10);
      assert.equal(found?.id, 't1');
    },
  },
  {
    name: 'purge leaves the record that took the unique value of an expired one',
    needs,
    async run({ store, now }) {
      const keys = { userCode: 'u1' };
      await insertAll(store, [token('t1', { keys, expiresAt: now + 10 })], now);
      await insertAll(store, [token('t2', { keys })], now + 10);
      await store.purge?.(now + 10, 10);
      const found = await store.find('Token', { key: 'userCode', value: 'u1' }, now + 10);
      assert.equal(found?.id, 't2');
    },
  },
  {
    name: 'purge takes what has expired in batches, while others are written and expire',
    needs,
    async run({ store, now }) {
      const inserts = tokens(500).map((one, n) => {
        return { insert: n % 2 === 0 ? { ...one, expiresAt: now + 10 } : one };
      });
      await store.commit(inserts, now);
      let steps = 0;
      const sweep = async (): Promise<void> => {
        for (let more = true; more; steps += 1) {
          assert.ok(steps < 1000, 'purge does not come to an end');
          const result = await store.purge?.(now + 10, 20);
          assert.ok(result && result.removed <= 20, 'purge removed more than it was asked for');
          more = result.more;
        }
      };
      const write = async (): Promise<void> => {
        for (const [n, { id }] of tokens(50).entries()) {
          const expiry = n % 2 === 0 ? { expiresAt: now + 20 } : { expiresAt: now + 10 };
          await store.commit([{ put: token(`new-${id}`, expiry) }], now);
        }
      };
      await Promise.all([sweep(), sweep(), write()]);
      const left = idsOf(await listAll(store, 'all', now + 10));
      assert.equal(left.length, 250 + 25);
      await sweep();
      assert.deepEqual(idsOf(await listAll(store, 'all', now + 10)), left);
      assert.deepEqual(idsOf(await listAll(store, 'all', now)), left, 'purge left what it took');
    },
  },
];
