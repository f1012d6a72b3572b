import { setImmediate as turn } from 'node:timers/promises';
import { checkCount, checkList, checkNumber, checkWrites, type Store } from '@gatehouse/core';
import { type Change, planCommit } from './plan-commit.js';
import { selectMany, selectOne, selectPage, selectRelated } from './select.js';
import { createTables, isExpired } from './tables.js';

// More looks than records added, so that expired records are found faster than new ones come.
const LOOKS_PER_CHANGE = 4;

/**
 * Options of {@link memoryStore}.
 *
 * @group store
 */
export interface MemoryStoreOptions {
  /**
   * How many live records the store holds before it refuses another.
   *
   * @default 100_000
   */
  readonly maxRecords?: number;
}

/**
 * The store that {@link memoryStore} makes: the contract with its accelerators. Limits count in this process too.
 *
 * @group store
 */
export type MemoryStore = Required<Omit<Store, 'limiter'>>;

/**
 * Makes the reference store, which keeps its records in this process and forgets them when it ends.
 *
 * @param options - The bound; the default suits development and tests.
 * @returns A store for development and tests, which a server in production refuses.
 * @example
 * ```ts
 * const store = memoryStore({ maxRecords: 10_000 });
 * ```
 * @group store
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { maxRecords = 100_000 } = options;
  checkCount(maxRecords, 'maxRecords');
  const tables = createTables();
  let sweptAt = Number.NEGATIVE_INFINITY;

  function growthOf(changes: readonly Change[]): number {
    return changes.reduce((growth, { table, id, record }) => {
      return growth + Number(record !== undefined) - Number(table.byId.has(id));
    }, 0);
  }

  function checkRoom(changes: readonly Change[], now: number): void {
    const hasRoom = (): boolean => growthOf(changes) <= Math.max(0, maxRecords - tables.size());
    if (hasRoom()) return;
    // A second look within the same second would find nothing new, and a flood would pay for it at every insert.
    const second = Math.floor(now);
    if (second > sweptAt) {
      sweptAt = second;
      tables.sweep(now, { looks: Infinity, removals: Infinity });
      if (hasRoom()) return;
    }
    throw new Error(`memory store is full: it holds ${maxRecords} live records (maxRecords)`);
  }

  function apply({ table, id, record }: Change, now: number): void {
    const present = table.byId.get(id)?.record;
    // What takes the id of an expired record is new, and goes to the end of the order.
    if (record === undefined || (present && isExpired(present, now))) tables.remove(table, id);
    if (record !== undefined) tables.write(table, record);
  }

  // Arguments are checked and copied before the turn and used after it: whatever a caller does between two calls, others may
  // have run in between, as with a database. After the turn, each function is one synchronous block.
  return {
    name: 'memory',
    durable: false,

    async open(kinds) {
      tables.declare(kinds);
      await turn();
    },

    async find(kind, by, now) {
      const select = selectOne(tables.of(kind), by);
      checkNumber(now, 'now');
      await turn();
      return select(now);
    },

    async findRelated(kind, by, relations, now) {
      const table = tables.of(kind);
      const select = selectOne(table, by);
      checkList(relations, 'relations');
      const follow = relations.map((relation) => selectRelated(tables, table, relation));
      checkNumber(now, 'now');
      await turn();
      const record = select(now);
      if (record === undefined) return undefined;
      return { record, related: [...new Set(follow.flatMap((related) => related(record, now)))] };
    },

    async list(kind, by, options) {
      const select = selectMany(tables.of(kind), by);
      const pageOf = selectPage(options);
      await turn();
      return pageOf(select());
    },

    async commit(writes, now) {
      const checked = checkWrites(tables, writes);
      checkNumber(now, 'now');
      await turn();
      const changes = planCommit(checked, now);
      checkRoom(changes, now);
      for (const change of changes) apply(change, now);
      tables.sweep(now, { looks: changes.length * LOOKS_PER_CHANGE, removals: Infinity });
    },

    async purge(now, limit) {
      checkNumber(now, 'now');
      checkCount(limit, 'limit');
      await turn();
      const { removed, complete } = tables.sweep(now, { looks: Infinity, removals: limit });
      return { removed, more: !complete };
    },

    /** Waits for the calls before it, and keeps the records for a server that is started again on this store. */
    async close() {
      await turn();
    },
  };
}
