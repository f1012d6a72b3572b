import { memoryStore } from '@gatehouse/store-memory';
import { systemClock } from '../clock.js';
import { type NewRecord, type Store, StoreConflict } from '../store.js';
import { createUnitOfWork } from './unit-of-work.js';

const note = (id: string, payload = ''): NewRecord => ({ kind: 'Note', id, payload, keys: {} });

async function opened(): Promise<Store> {
  const store = memoryStore();
  await store.open?.([{ kind: 'Note', keys: { owner: {} } }]);
  return store;
}

describe('a unit of work', () => {
  it('answers from what it is about to write, and writes nothing before its commit', async () => {
    const store = await opened();
    const unit = createUnitOfWork(store, systemClock);
    unit.save({ ...note('a', 'x'), keys: { owner: 'ada' } });
    expect(await unit.find('Note', { id: 'a' })).toMatchObject({ payload: 'x' });
    expect(await unit.find('Note', { key: 'owner', value: 'ada' })).toMatchObject({ id: 'a' });
    expect(await store.find('Note', { id: 'a' }, systemClock.now())).toBeUndefined();
    await unit.commit();
    expect(await store.find('Note', { id: 'a' }, systemClock.now())).toMatchObject({
      payload: 'x',
    });
  });

  it('conflicts when what it has read was changed or removed meanwhile', async () => {
    const store = await opened();
    await store.commit([{ insert: note('a') }], systemClock.now());
    const unit = createUnitOfWork(store, systemClock);
    await unit.find('Note', { id: 'a' });
    unit.save(note('a', 'late'));
    await store.commit([{ remove: { kind: 'Note', id: 'a' } }], systemClock.now());
    await expect(unit.commit()).rejects.toThrow(StoreConflict);
    expect(unit.failure).toBeUndefined();
  });

  it('announces nothing of what it has discarded', async () => {
    const announced: string[] = [];
    const unit = createUnitOfWork(await opened(), systemClock);
    unit.save(note('a'));
    unit.afterCommit(() => announced.push('a'));
    unit.discard();
    unit.save(note('b'));
    unit.afterCommit(() => announced.push('b'));
    await unit.commit();
    expect(announced).toEqual(['b']);
  });

  it('announces nothing when the commit conflicts', async () => {
    const store = await opened();
    await store.commit([{ insert: note('a') }], systemClock.now());
    const unit = createUnitOfWork(store, systemClock);
    unit.save(note('a'));
    unit.afterCommit(() => expect('announced').toBe('never'));
    await expect(unit.commit()).rejects.toThrow(StoreConflict);
  });

  it('does not take an announcement that throws for a store that is out of reach', async () => {
    const unit = createUnitOfWork(await opened(), systemClock);
    unit.save(note('a'));
    unit.afterCommit(() => {
      throw new Error('a listener');
    });
    await expect(unit.commit()).rejects.toThrow('a listener');
    expect(unit.failure).toBeUndefined();
  });

  it('takes an error of the store for what it is', async () => {
    const store = await opened();
    const down = { ...store, find: () => Promise.reject(new Error('refused')) };
    const unit = createUnitOfWork(down, systemClock);
    await expect(unit.find('Note', { id: 'a' })).rejects.toThrow('refused');
    expect(unit.failure).toEqual(new Error('refused'));
  });
});
