import {
  checkKind,
  type DeclaredKey,
  type DeclaredKind,
  type KindDeclaration,
  readKinds,
  type StoredRecord,
} from '@gatehouse/core';

/** A record and its place in the order of arrival, which a put does not change. */
export interface Entry {
  readonly place: number;
  record: StoredRecord;
}

/** The entries that have a key, by its value. */
export interface KeyIndex extends DeclaredKey {
  readonly byValue: Map<string, Set<Entry>>;
}

/** The records of one kind, in the order of their arrival. */
export interface Table extends DeclaredKind<KeyIndex> {
  readonly byId: Map<string, Entry>;
  readonly keys: Map<string, KeyIndex>;
}

/** What one sweep may do. */
export interface SweepBudget {
  readonly looks: number;
  readonly removals: number;
}

/** What one sweep did. */
export interface SweepResult {
  readonly removed: number;
  /** Whether it looked at every record. */
  readonly complete: boolean;
}

/** All tables of one store. */
export interface Tables {
  declare(kinds: readonly KindDeclaration[]): void;
  of(kind: string): Table;
  /** How many records are held, those included that expired and were not swept yet. */
  size(): number;
  write(table: Table, record: StoredRecord): void;
  remove(table: Table, id: string): void;
  /** Continues where the last sweep ended, and forgets what is past its expiry. */
  sweep(now: number, budget: SweepBudget): SweepResult;
}

/** Makes the tables of one store, without any kind. */
export function createTables(): Tables {
  const tables = new Map<string, Table>();
  let size = 0;
  let lastPlace = 0;
  let walk = walkOver(tables);

  function remove(table: Table, id: string): void {
    const entry = table.byId.get(id);
    if (entry === undefined) return;
    unindex(table, entry);
    table.byId.delete(id);
    size -= 1;
  }

  return {
    declare(kinds) {
      for (const { kind, keys } of readKinds(kinds, { known: tables })) {
        const table = tables.get(kind) ?? { kind, byId: new Map(), keys: new Map() };
        for (const [key, { unique }] of keys) {
          if (!table.keys.has(key)) table.keys.set(key, { unique, byValue: new Map() });
        }
        tables.set(kind, table);
      }
    },
    of: (kind) => checkKind(tables, kind),
    size: () => size,
    write(table, record) {
      let entry = table.byId.get(record.id);
      if (entry === undefined) {
        lastPlace += 1;
        entry = { place: lastPlace, record };
        table.byId.set(record.id, entry);
        size += 1;
      } else {
        unindex(table, entry);
        entry.record = record;
      }
      index(table, entry);
    },
    remove,
    sweep(now, { looks, removals }) {
      const enough = Math.min(looks, size);
      const complete = looks >= size;
      let removed = 0;
      for (let looked = 0; looked < enough; looked += 1) {
        if (removed === removals) return { removed, complete: false };
        let next = walk.next();
        if (next.done) {
          walk = walkOver(tables);
          next = walk.next();
        }
        if (next.done) break;
        const [table, { record }] = next.value;
        if (!isExpired(record, now)) continue;
        remove(table, record.id);
        removed += 1;
      }
      return { removed, complete };
    },
  };
}

/** Whether a record is absent at that time, though it is still held. */
export function isExpired(record: StoredRecord, now: number): boolean {
  return record.expiresAt !== undefined && record.expiresAt <= now;
}

/** The value of a record's own key; a name such as `constructor` finds nothing else. */
export function keyOf(record: StoredRecord, key: string): string | undefined {
  return Object.hasOwn(record.keys, key) ? record.keys[key] : undefined;
}

// Iterators of a Map stay valid while entries come and go, so one walk can last over many commits.
function* walkOver(tables: ReadonlyMap<string, Table>): Generator<[Table, Entry], void> {
  for (const table of tables.values()) {
    for (const entry of table.byId.values()) yield [table, entry];
  }
}

function index(table: Table, entry: Entry): void {
  for (const [key, value] of Object.entries(entry.record.keys)) {
    const byValue = table.keys.get(key)?.byValue;
    const entries = byValue?.get(value);
    if (entries === undefined) byValue?.set(value, new Set([entry]));
    else entries.add(entry);
  }
}

function unindex(table: Table, entry: Entry): void {
  for (const [key, value] of Object.entries(entry.record.keys)) {
    const byValue = table.keys.get(key)?.byValue;
    const entries = byValue?.get(value);
    entries?.delete(entry);
    if (entries?.size === 0) byValue?.delete(value);
  }
}
