import type { KindDeclaration, NewRecord, Write } from '@gatehouse/core';
import { storeContract } from '@gatehouse/store-contract';
import { type MemoryStore, memoryStore } from './index.js';

const now = 1_800_000_000;

const kinds: readonly KindDeclaration[] = [
  { kind: 'Token', keys: { grantId: {}, userCode: { unique: true } } },
  {
    kind: 'Odd',
    keys: Object.fromEntries([
      ['__proto__', { unique: true }],
      ['constructor', {}],
    ]),
  },
];

function token(id: string, rest: Partial<NewRecord> = {}): NewRecord {
  return { kind: 'Token', id, payload: '{}', keys: {}, ...rest };
}

async function openStore(): Promise<MemoryStore> {
  const store = memoryStore();
  await store.open(kinds);
  return store;
}

async function insert(store: MemoryStore, ...records: readonly NewRecord[]): Promise<void> {
  await store.commit(
    records.map((record) => ({ insert: record })),
    now,
  );
}

storeContract(
  { describe, it },
  { makeStore: () => memoryStore() },
  { lacks: { processes: 'the records are those of one process' } },
);

describe('memoryStore', () => {
  it('is named, and is not durable', () => {
    expect(memoryStore()).toMatchObject({ name: 'memory', durable: false });
  });

  it('answers in a later turn, so that calls of others run between a find and what follows it', async () => {
    const store = await openStore();
    await insert(store, token('t1'));
    const seen: (string | undefined)[] = [];
    const use = async (attempt: string): Promise<void> => {
      const found = await store.find('Token', { id: 't1' }, now);
      seen.push(found?.consumed?.attempt);
      await store.commit([{ consume: { kind: 'Token', id: 't1', attempt } }], now);
    };
    const results = await Promise.allSettled([use('c1'), use('c2'), use('c3')]);
    expect(seen).toEqual([undefined, undefined, undefined]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('answers a call after those that were made before it', async () => {
    const store = await openStore();
    const [, first] = await Promise.all([
      insert(store, token('t1')),
      store.find('Token', { id: 't1' }, now),
      store.close(),
    ]);
    expect(first?.id).toBe('t1');
  });

  it('takes a write as it is when commit is called', async () => {
    const store = await openStore();
    const record = { ...token('t1'), keys: { grantId: 'g1' } };
    const writes: Write[] = [{ insert: record }];
    const commit = store.commit(writes, now);
    record.payload = 'changed';
    record.keys.grantId = 'changed';
    writes.length = 0;
    await commit;
    const found = await store.find('Token', { id: 't1' }, now);
    expect(found).toEqual({ ...token('t1', { keys: { grantId: 'g1' } }), revision: 1 });
  });

  it('gives records that are frozen', async () => {
    const store = await openStore();
    await insert(store, token('t1'));
    await store.commit([{ consume: { kind: 'Token', id: 't1', attempt: 'c1' } }], now);
    const found = await store.find('Token', { id: 't1' }, now);
    for (const part of [found, found?.keys, found?.consumed]) {
      expect(part).toBeDefined();
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('stores the fields of the contract and no others', async () => {
    const store = await openStore();
    await store.commit([{ put: { ...token('t1'), revision: 9, admin: true } as NewRecord }], now);
    const found = await store.find('Token', { id: 't1' }, now);
    expect(found).toEqual({ ...token('t1'), revision: 1 });
  });

  it('works when its functions are taken apart', async () => {
    const { open, commit, find } = memoryStore();
    await open(kinds);
    await commit([{ insert: token('t1') }], now);
    expect((await find('Token', { id: 't1' }, now))?.id).toBe('t1');
  });

  it('keeps its records through close and another open', async () => {
    const store = await openStore();
    await insert(store, token('t1', { keys: { userCode: 'u1' } }));
    await store.close();
    await store.open(kinds);
    expect((await store.find('Token', { key: 'userCode', value: 'u1' }, now))?.id).toBe('t1');
  });
});

describe('memoryStore with keys of odd names', () => {
  it('indexes __proto__ and constructor like any other', async () => {
    const store = await openStore();
    const keys = Object.fromEntries([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    await insert(store, token('o1', { kind: 'Odd', keys }), token('o2', { kind: 'Odd' }));
    expect((await store.find('Odd', { key: '__proto__', value: 'a' }, now))?.id).toBe('o1');
    const { records } = await store.list('Odd', { key: 'constructor', value: 'b' }, { now });
    expect(records.map(({ id }) => id)).toEqual(['o1']);
    const relations = [{ kind: 'Odd', key: 'id', from: 'constructor' }];
    const found = await store.findRelated('Odd', { id: 'o2' }, relations, now);
    expect(found?.related).toEqual([]);
  });
});
