import { setTimeout as delay } from 'node:timers/promises';
import { memoryStore } from '@gatehouse/store-memory';
import { boundedStore, StoreTimeout } from './bounded-store.js';
import type { Store } from './store.js';

function slowStore(milliseconds: number): Store {
  const store = memoryStore();
  return {
    ...store,
    find: async (...args) => {
      await delay(milliseconds);
      return store.find(...args);
    },
  };
}

async function opened(store: Store): Promise<Store> {
  await store.open?.([{ kind: 'Note', keys: {} }]);
  return store;
}

describe('boundedStore', () => {
  it('passes answers on', async () => {
    const store = boundedStore(await opened(memoryStore()), () => 1000);
    await store.commit([{ insert: { kind: 'Note', id: 'a', payload: 'x', keys: {} } }], 1);
    expect((await store.find('Note', { id: 'a' }, 1))?.payload).toBe('x');
  });

  it('ends a call that takes too long', async () => {
    const store = boundedStore(await opened(slowStore(200)), () => 20);
    await expect(store.find('Note', { id: 'a' }, 1)).rejects.toThrow(StoreTimeout);
  });

  it('gives no time to a call that starts after the end', async () => {
    const inner = await opened(memoryStore());
    const write = { insert: { kind: 'Note', id: 'a', payload: 'x', keys: {} } };
    await expect(boundedStore(inner, () => -1).commit([write], 1)).rejects.toThrow(StoreTimeout);
    expect(await inner.find('Note', { id: 'a' }, 1)).toBeUndefined();
  });

  it('has an accelerator only where the store has one', () => {
    const { findRelated, ...without } = memoryStore();
    expect(boundedStore({ ...without, findRelated }, () => 1)).toHaveProperty('findRelated');
    expect(boundedStore(without, () => 1)).not.toHaveProperty('findRelated');
  });
});
