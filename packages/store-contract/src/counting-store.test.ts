import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { countingStore } from './index.js';

const now = 1_800_000_000;

describe('countingStore', () => {
  it('counts calls that follow each other as one round each', async () => {
    const store = countingStore(memoryStore());
    await store.open?.([{ kind: 'Grant', keys: {} }]);
    await store.commit([], now);
    await store.find('Grant', { id: 'g1' }, now);
    await store.list('Grant', 'all', { now });
    await store.findRelated?.('Grant', { id: 'g1' }, [], now);
    await store.purge?.(now, 1);
    await store.close?.();
    expect([store.calls(), store.rounds()]).toEqual([7, 7]);
  });

  it('counts calls that overlap as one round', async () => {
    const store = countingStore(slowStore());
    await Promise.all([
      store.find('Grant', { id: '5' }, now),
      store.find('Grant', { id: '20' }, now),
    ]);
    await Promise.all([store.commit([], now), store.commit([], now), store.commit([], now)]);
    expect([store.calls(), store.rounds()]).toEqual([5, 2]);
  });

  it('counts a call that waited for another as a round, whatever else is still in flight', async () => {
    const store = countingStore(slowStore());
    const slow = store.find('Grant', { id: '200' }, now);
    await store.find('Grant', { id: '1' }, now);
    await store.find('Grant', { id: '1' }, now);
    await store.find('Grant', { id: '1' }, now);
    await slow;
    expect([store.calls(), store.rounds()]).toEqual([4, 3]);
  });

  it('counts a call that fails, and passes the error on', async () => {
    const store = countingStore(memoryStore());
    await expect(store.find('Unknown', { id: 'x' }, now)).rejects.toThrow(TypeError);
    expect([store.calls(), store.rounds()]).toEqual([1, 1]);
  });

  it('starts from nothing after a reset, though calls of before are in flight', async () => {
    const store = countingStore(slowStore());
    const before = store.find('Grant', { id: '20' }, now);
    store.reset();
    expect([store.calls(), store.rounds()]).toEqual([0, 0]);
    await before;
    await store.commit([], now);
    expect([store.calls(), store.rounds()]).toEqual([1, 1]);
  });

  it('has the accelerators that the store has, and no other', () => {
    const { name, durable, find, commit, list } = memoryStore();
    const bare = countingStore({ name, durable, find, commit, list });
    for (const lacking of ['findRelated', 'open', 'close', 'purge']) {
      expect(bare).not.toHaveProperty(lacking);
      expect(countingStore(memoryStore())).toHaveProperty(lacking);
    }
  });
});

/** Its find takes as many milliseconds as the id says. */
function slowStore(): Store {
  return {
    ...memoryStore(),
    async find(_kind, by) {
      await delay('id' in by ? Number(by.id) : 1);
      return undefined;
    },
  };
}
