import assert from 'node:assert/strict';
import type { ContractCase } from '../contract-case.js';
import { contractKinds, token, tokens } from '../fixtures.js';

/** Start and end. */
export const openCloseCases: readonly ContractCase[] = [
  {
    name: 'open can be repeated, and keeps the records',
    needs: 'open',
    async run({ store, now }) {
      const insert = token('t1', { keys: { userCode: 'u1' } });
      await store.commit([{ insert }], now);
      await Promise.all([store.open?.(contractKinds), store.open?.(contractKinds)]);
      assert.equal((await store.find('Token', { key: 'userCode', value: 'u1' }, now))?.id, 't1');
    },
  },
  {
    name: 'close with calls in flight lets each of them end',
    needs: 'close',
    async run({ store, now }) {
      const calls = tokens(20).flatMap((insert) => [
        store.commit([{ insert }], now),
        store.find('Token', { id: insert.id }, now),
        store.list('Token', 'all', { now }),
      ]);
      const settled = Promise.allSettled(calls);
      await store.close?.();
      for (const result of await settled) {
        if (result.status === 'rejected') assert.ok(result.reason instanceof Error);
      }
    },
  },
  {
    name: 'close can be repeated',
    needs: 'close',
    async run({ store }) {
      await store.close?.();
      await store.close?.();
    },
  },
];
