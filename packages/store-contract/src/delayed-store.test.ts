import type { Store } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { delayedStore, storeContract } from './index.js';

const now = 1_800_000_000;

describe('delayedStore', () => {
  storeContract(
    { describe, it },
    { makeStore: () => delayedStore(memoryStore(), { maxMs: 1 }) },
    { lacks: { processes: 'the records are those of one process' } },
  );

  it('waits before the call and after it, also when the call fails', async () => {
    let calledAt = 0;
    const slow: Store = {
      ...memoryStore(),
      async commit() {
        calledAt = performance.now();
        throw new Error('no');
      },
    };
    const startedAt = performance.now();
    const store = delayedStore(slow, { minMs: 20, maxMs: 30 });
    await expect(store.commit([], now)).rejects.toThrow('no');
    // A timer may fire within a millisecond before its time.
    expect(calledAt - startedAt).toBeGreaterThanOrEqual(19);
    expect(performance.now() - calledAt).toBeGreaterThanOrEqual(19);
  });

  it('lets calls overtake each other', async () => {
    const order: number[] = [];
    const store = delayedStore(
      {
        ...memoryStore(),
        async find(_kind, by) {
          order.push('id' in by ? Number(by.id) : 0);
          return undefined;
        },
      },
      { minMs: 0, maxMs: 20 },
    );
    const sent = Array.from({ length: 50 }, (_, n) => n);
    await Promise.all(sent.map((n) => store.find('Grant', { id: `${n}` }, now)));
    expect(order).not.toEqual(sent);
    expect([...order].sort((a, b) => a - b)).toEqual(sent);
  });
});
