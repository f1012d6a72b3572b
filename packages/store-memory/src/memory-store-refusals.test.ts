import type { By, ListBy, NewRecord } from '@gatehouse/core';
import { type MemoryStore, memoryStore } from './index.js';

const now = 1_800_000_000;

function token(id: string, rest: Partial<NewRecord> = {}): NewRecord {
  return { kind: 'Token', id, payload: '{}', keys: {}, ...rest };
}

async function openStore(): Promise<MemoryStore> {
  const store = memoryStore();
  await store.open([{ kind: 'Token', keys: { grantId: {}, userCode: { unique: true } } }]);
  return store;
}

describe('memoryStore refuses', () => {
  it('a kind that was not declared', async () => {
    const store = await openStore();
    const refusal = new TypeError('kind "Tokne" was not declared in open()');
    await expect(store.find('Tokne', { id: 't1' }, now)).rejects.toThrow(refusal);
    await expect(store.list('Tokne', 'all', { now })).rejects.toThrow(refusal);
    const write = { insert: { ...token('t1'), kind: 'Tokne' } };
    await expect(store.commit([write], now)).rejects.toThrow(refusal);
    await expect(store.find(undefined as never, { id: 't1' }, now)).rejects.toThrow(
      new TypeError('kind must be a string, got undefined'),
    );
  });

  it('a key that was not declared, or is not unique, and says what to do', async () => {
    const store = await openStore();
    const by = { key: 'clientId', value: 'c1' };
    const undeclared = new TypeError('kind Token declares no key "clientId"');
    await expect(store.find('Token', by, now)).rejects.toThrow(undeclared);
    await expect(store.list('Token', by, { now })).rejects.toThrow(undeclared);
    const related = { kind: 'Token', key: 'grantId', from: 'clientId' };
    await expect(store.findRelated('Token', { id: 't1' }, [related], now)).rejects.toThrow(
      undeclared,
    );
    await expect(store.find('Token', { key: 'grantId', value: 'g1' }, now)).rejects.toThrow(
      new TypeError('key grantId of kind Token is not unique: list by it instead'),
    );
  });

  it.each([
    ['after-', 'cursor is not one that list returned'],
    ['after--1', 'cursor is not one that list returned'],
    ['after-1e3', 'cursor is not one that list returned'],
    [`after-${'9'.repeat(400)}`, 'cursor is not one that list returned'],
    ['after-1\n', 'cursor is not one that list returned'],
    [{}, 'cursor must be a string, got object'],
  ])('the cursor %j', async (cursor, message) => {
    const store = await openStore();
    const options = { now, cursor: cursor as string };
    await expect(store.list('Token', 'all', options)).rejects.toThrow(new TypeError(message));
  });

  it.each([0, -1, 1.5, Number.NaN, '10', null])('the limit %j', async (limit) => {
    const store = await openStore();
    const message = /^limit must be a whole number of 1 or more/;
    const options = { now, limit: limit as number };
    await expect(store.list('Token', 'all', options)).rejects.toThrow(message);
    await expect(store.purge(now, limit as number)).rejects.toThrow(message);
  });

  it.each([undefined, Number.NaN, Infinity, '1', null])('the time %j', async (time) => {
    const store = await openStore();
    const at = time as number;
    const message = /^now must be a finite number/;
    await expect(store.find('Token', { id: 't1' }, at)).rejects.toThrow(message);
    await expect(store.findRelated('Token', { id: 't1' }, [], at)).rejects.toThrow(message);
    await expect(store.list('Token', 'all', { now: at })).rejects.toThrow(message);
    await expect(store.commit([], at)).rejects.toThrow(message);
    await expect(store.purge(at, 1)).rejects.toThrow(message);
  });

  it('arguments of the wrong shape', async () => {
    const store = await openStore();
    const refusals = [
      store.find('Token', null as unknown as By, now),
      store.list('Token', 'ALL' as unknown as ListBy, { now }),
      store.list('Token', 'all', undefined as never),
      store.findRelated('Token', { id: 't1' }, 'all' as never, now),
      store.findRelated('Token', { id: 't1' }, [null] as never, now),
      store.commit({} as never, now),
      store.commit([null] as never, now),
      store.commit([{}] as never, now),
      store.commit([{ upsert: token('t1') }] as never, now),
      store.commit([{ insert: null }] as never, now),
      store.commit([{ insert: { ...token('t1'), keys: null } }] as never, now),
      store.commit([{ insert: token('t1', { expiresAt: Number.NaN }) }], now),
      store.commit([{ put: token('t1'), ifRevision: 0 }], now),
      store.open([{ kind: 'Token', keys: { id: {} } }]),
      store.open([{ kind: 'Token', keys: { grantId: { unique: true } } }]),
      store.open([{ kind: 'Token' }] as never),
      store.open('Token' as never),
    ];
    for (const refusal of refusals) await expect(refusal).rejects.toThrow(TypeError);
    await expect(store.list('Token', 'all', { now })).resolves.toEqual({ records: [] });
  });

  it.each([0, -1, 1.5, Infinity, '10'])('the bound %j', (maxRecords) => {
    expect(() => memoryStore({ maxRecords: maxRecords as number })).toThrow(
      /^maxRecords must be a whole number of 1 or more/,
    );
  });
});
