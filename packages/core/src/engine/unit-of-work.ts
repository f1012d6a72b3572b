import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { boundedStore, storeMilliseconds } from '../bounded-store.js';
import type { Clock } from '../clock.js';
import { randomId } from '../secrets.js';
import {
  type By,
  type NewRecord,
  type Relation,
  type Store,
  StoreConflict,
  type StoredRecord,
  type Write,
} from '../store.js';
import {
  type Entry,
  findByKey,
  newEntry,
  type RemoveAll,
  viewOf,
  writesOf,
} from './pending-entry.js';
import type { Notes } from './request-notes.js';

/**
 * What one request reads and is about to write. Reads of what was just written are answered from here, also by key; the writes
 * leave as one commit before the reply does.
 */
export interface UnitOfWork {
  readonly requestId: string;
  /** Names this request's commit, so that a retry recognises itself. */
  readonly attempt: string;
  /** Facts that one part of a request leaves for another. */
  readonly notes: Notes;
  find(kind: string, by: By, relations?: readonly Relation[]): Promise<StoredRecord | undefined>;
  /** Creates or replaces a record. It is conditional on the revision that this request has read. */
  save(record: NewRecord): void;
  /** Replaces a record whatever stands there. */
  overwrite(record: NewRecord): void;
  consume(
    kind: string,
    id: string,
    more?: { readonly receipt?: string; readonly expiresAt?: number },
  ): void;
  /** Completes a pending consume. */
  addReceipt(kind: string, id: string, receipt: string): void;
  /** Removes a record, whether or not this request has read it. */
  remove(kind: string, id: string): void;
  removeAll(kind: string, key: string, value: string): void;
  /** A record that this request has removed, by one of its keys. */
  removed(kind: string, key: string, value: string | undefined): StoredRecord | undefined;
  /** Puts a record in front of the store that is never written. */
  pretend(record: StoredRecord): void;
  /** The pending writes, preconditions first. */
  writes(): Write[];
  /** Forgets the pending writes, but for those of one kind, and what was to be announced after them. */
  discard(exceptKind?: string): void;
  commit(): Promise<void>;
  /** Whether the commit has begun: what is written from then on stays behind. */
  readonly isOver: boolean;
  /** Runs once the commit held: what is announced earlier may still be undone. */
  afterCommit(task: () => void): void;
  /** Milliseconds that the request still has for what is outside of this process. */
  left(): number;
  /** An error of the store that is not a conflict: the store is out of reach. */
  readonly failure: unknown;
  /** Notes such an error of a call that went past this unit of work. */
  fail(error: unknown): void;
}

const current: AsyncLocalStorage<UnitOfWork> = new AsyncLocalStorage();

/** The unit of work of the running request. */
export function unitOfWork(): UnitOfWork {
  const found = current.getStore();
  if (!found) throw new Error('no unit of work is open');
  return found;
}

/** The unit of work of the running request, if one runs. */
export function findUnitOfWork(): UnitOfWork | undefined {
  return current.getStore();
}

/** Runs `task` with its own unit of work. */
export function inUnitOfWork<Result>(
  unit: UnitOfWork,
  task: () => Promise<Result>,
): Promise<Result> {
  return current.run(unit, task);
}

/** Opens a unit of work; one within another has the time that is left of it. Nothing is written until `commit`. */
export function createUnitOfWork(
  given: Store,
  clock: Clock,
  milliseconds: number = findUnitOfWork()?.left() ?? storeMilliseconds,
): UnitOfWork {
  const ends = performance.now() + milliseconds;
  const left = (): number => ends - performance.now();
  const store = boundedStore(given, left);
  const entries = new Map<string, Entry>();
  const overwrites: NewRecord[] = [];
  const removals: RemoveAll[] = [];
  const tasks: (() => void)[] = [];
  const keyOf = (kind: string, id: string): string => `${kind}\0${id}`;
  let failure: unknown;
  let isOver = false;

  function entryOf(kind: string, id: string): Entry {
    const key = keyOf(kind, id);
    const entry = entries.get(key) ?? newEntry();
    entries.set(key, entry);
    return entry;
  }

  function remember(record: StoredRecord): Entry {
    const key = keyOf(record.kind, record.id);
    const known = entries.get(key);
    if (known) return known;
    const entry: Entry = { ...newEntry(), stored: record };
    entries.set(key, entry);
    return entry;
  }

  async function load(
    kind: string,
    by: By,
    relations: readonly Relation[],
  ): Promise<StoredRecord | undefined> {
    const now = clock.now();
    if (relations.length === 0) return store.find(kind, by, now);
    const found = store.findRelated
      ? await store.findRelated(kind, by, relations, now)
      : await findOneByOne(store, kind, by, relations, now);
    if (!found) return undefined;
    for (const record of found.related) remember(record);
    for (const { kind: target, key, from } of relations) {
      const id = found.record.keys[from];
      // What the store did not return is known to be absent, and is not asked for again.
      if (key === 'id' && id !== undefined) entryOf(target, id);
    }
    return found.record;
  }

  const unit: UnitOfWork = {
    requestId: randomId(9),
    attempt: randomId(16),
    notes: {},
    left,
    get failure() {
      return failure;
    },
    fail(error) {
      failure ??= error;
    },
    async find(kind, by, relations = []) {
      const known =
        'id' in by ? entries.get(keyOf(kind, by.id)) : findByKey(entries, kind, by.key, by.value);
      if (known) return viewOf(known);
      try {
        const record = await load(kind, by, relations);
        if (record) return viewOf(remember(record));
        if ('id' in by) entryOf(kind, by.id);
        return undefined;
      } catch (error) {
        failure ??= error;
        throw error;
      }
    },
    save(record) {
      const entry = entryOf(record.kind, record.id);
      entry.next = record;
      entry.removed = 'no';
    },
    overwrite: (record) => void overwrites.push(record),
    consume(kind, id, more = {}) {
      entryOf(kind, id).consume = { kind, id, attempt: unit.attempt, ...more };
    },
    addReceipt(kind, id, receipt) {
      const entry = entryOf(kind, id);
      if (entry.consume) entry.consume = { ...entry.consume, receipt };
    },
    remove(kind, id) {
      const entry = entryOf(kind, id);
      // What only this request has made is forgotten, not removed.
      entry.removed = entry.next && !entry.stored ? 'forgotten' : 'alone';
      entry.next = undefined;
    },
    removeAll(kind, key, value) {
      removals.push({ kind, key, value });
      for (const [name, entry] of entries) {
        if (name.startsWith(`${kind}\0`) && viewOf(entry)?.keys[key] === value) {
          entry.removed = 'forgotten';
          entry.next = undefined;
        }
      }
    },
    removed(kind, key, value) {
      for (const { stored, removed } of entries.values()) {
        if (removed !== 'no' && stored?.kind === kind && stored.keys[key] === value) return stored;
      }
      return undefined;
    },
    pretend: (record) => void remember(record),
    writes: () => writesOf(entries, overwrites, removals),
    discard(exceptKind) {
      for (const name of entries.keys()) {
        if (exceptKind === undefined || !name.startsWith(`${exceptKind}\0`)) entries.delete(name);
      }
      overwrites.length = 0;
      removals.length = 0;
      tasks.length = 0;
    },
    afterCommit: (task) => void tasks.push(task),
    get isOver() {
      return isOver;
    },
    async commit() {
      isOver = true;
      const writes = unit.writes();
      try {
        if (writes.length > 0) await store.commit(writes, clock.now());
      } catch (error) {
        if (!(error instanceof StoreConflict)) failure ??= error;
        throw error;
      }
      for (const task of tasks.splice(0)) task();
    },
  };
  return unit;
}

async function findOneByOne(
  store: Store,
  kind: string,
  by: By,
  relations: readonly Relation[],
  now: number,
): Promise<{ record: StoredRecord; related: StoredRecord[] } | undefined> {
  const record = await store.find(kind, by, now);
  if (!record) return undefined;
  const related = await Promise.all(
    relations.map(async ({ kind: target, key, from }) => {
      const value = record.keys[from];
      if (value === undefined) return [];
      if (key === 'id') {
        const found = await store.find(target, { id: value }, now);
        return found ? [found] : [];
      }
      return (await store.list(target, { key, value }, { now })).records;
    }),
  );
  return { record, related: related.flat() };
}
