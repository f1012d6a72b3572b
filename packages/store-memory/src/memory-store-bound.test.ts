import type { NewRecord } from '@gatehouse/core';
import { type MemoryStore, memoryStore } from './index.js';

const now = 1_800_000_000;
const full = new Error('memory store is full: it holds 3 live records (maxRecords)');

function session(id: string, rest: Partial<NewRecord> = {}): NewRecord {
  return { kind: 'Session', id, payload: '{}', keys: { uid: id, accountId: 'a1' }, ...rest };
}

async function openStore(maxRecords: number): Promise<MemoryStore> {
  const store = memoryStore({ maxRecords });
  await store.open([{ kind: 'Session', keys: { uid: { unique: true }, accountId: {} } }]);
  return store;
}

async function idsOf(store: MemoryStore, at: number): Promise<readonly string[]> {
  return (await store.list('Session', 'all', { now: at })).records.map(({ id }) => id);
}

describe('a full memoryStore', () => {
  it('refuses another record and drops none', async () => {
    const store = await openStore(3);
    for (const id of ['s1', 's2', 's3']) await store.commit([{ insert: session(id) }], now);
    await expect(store.commit([{ insert: session('s4') }], now)).rejects.toThrow(full);
    await expect(store.commit([{ put: session('s4') }], now)).rejects.toThrow(full);
    expect(await idsOf(store, now)).toEqual(['s1', 's2', 's3']);
  });

  it('refuses a commit as a whole', async () => {
    const store = await openStore(3);
    await store.commit([{ insert: session('s1') }, { insert: session('s2') }], now);
    const writes = [
      { put: session('s1', { payload: 'new' }) },
      { insert: session('s3') },
      { insert: session('s4') },
    ];
    await expect(store.commit(writes, now)).rejects.toThrow(full);
    expect(await idsOf(store, now)).toEqual(['s1', 's2']);
    expect((await store.find('Session', { id: 's1' }, now))?.payload).toBe('{}');
  });

  it('still takes what adds nothing: changes, uses, removals, replacements', async () => {
    const store = await openStore(3);
    await store.commit(
      ['s1', 's2', 's3'].map((id) => ({ insert: session(id) })),
      now,
    );
    await store.commit([{ put: session('s1', { payload: 'new' }), ifRevision: 1 }], now);
    await store.commit([{ consume: { kind: 'Session', id: 's2', attempt: 'c1' } }], now);
    const remove = { kind: 'Session', id: 's3' };
    await store.commit([{ insert: session('s4') }, { remove }], now);
    expect(await idsOf(store, now)).toEqual(['s1', 's2', 's4']);
  });

  it('makes room of what has expired', async () => {
    const store = await openStore(3);
    for (const id of ['s1', 's2']) await store.commit([{ insert: session(id) }], now);
    await store.commit([{ insert: session('s3', { expiresAt: now + 10 }) }], now);
    await expect(store.commit([{ insert: session('s4') }], now + 9)).rejects.toThrow(full);
    await store.commit([{ insert: session('s4') }], now + 10);
    expect(await idsOf(store, now + 10)).toEqual(['s1', 's2', 's4']);
  });

  it('answers a flood quickly', async () => {
    const store = await openStore(50_000);
    for (let n = 0; n < 50_000; n += 100) {
      const some = Array.from({ length: 100 }, (_, m) => ({ insert: session(`s${n + m}`) }));
      await store.commit(some, now);
    }
    const startedAt = performance.now();
    const flood = Array.from({ length: 2_000 }, (_, n) => {
      return store.commit([{ insert: session(`x${n}`) }], now);
    });
    const results = await Promise.allSettled(flood);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    // Looking through all records each time takes a hundred times as long.
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('a memoryStore that runs for long', () => {
  it('holds little more than what lives, without anybody calling purge', async () => {
    const store = await openStore(100_000);
    const [perSecond, lifetime] = [10, 100];
    let at = now;
    for (; at < now + 2_000; at += 1) {
      const sessions = Array.from({ length: perSecond }, (_, n) => {
        return { insert: session(`${at}-${n}`, { expiresAt: at + lifetime }) };
      });
      await store.commit(sessions, at);
    }
    const { removed } = await store.purge(at, 100_000);
    expect(removed).toBeLessThan((perSecond * lifetime) / 2);
    expect((await store.list('Session', 'all', { now: at, limit: 5_000 })).records).toHaveLength(
      perSecond * (lifetime - 1),
    );
  });
});
