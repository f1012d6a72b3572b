import type { Counter, CounterOptions } from './counter.js';

/**
 * The storage contract. Everything that Gatehouse remembers (codes, tokens, sessions, consents, signing keys, a plugin's own
 * records) is a {@link StoredRecord}. A store needs three functions: `find`, `commit`, `list`. The rest is an accelerator.
 *
 * Time crosses this seam as an absolute epoch second. `expiresAt` is retention: a record past it is absent for every function,
 * whenever the sweep runs. Ids and key values are strings that are compared and never interpreted.
 */

/** What a record is about to be written as. */
export interface NewRecord {
  /** The kind that a {@link KindDeclaration} names, e.g. `AuthorizationCode`. */
  readonly kind: string;
  /** Unique within the kind. */
  readonly id: string;
  /** Text that comes back byte-equal. Most often JSON, sealed where the kind holds bearer values. */
  readonly payload: string;
  /** Declared lookup keys that this record has. */
  readonly keys: Readonly<Record<string, string>>;
  /** Epoch second from which the record is absent. Without it the record stays until it is removed. */
  readonly expiresAt?: number;
}

/** What {@link Store.find} and {@link Store.list} return. */
export interface StoredRecord extends NewRecord {
  /** 1 after `insert`, and one more with each `put` and `consume`. */
  readonly revision: number;
  /** Present once a `consume` has won. */
  readonly consumed?: Consumption;
}

/** Who consumed a record. */
export interface Consumption {
  /** Names the commit that won, so that its own retry recognises itself. */
  readonly attempt: string;
  /** Epoch second, by the clock of the caller that won. */
  readonly at: number;
  /** Stored by the same update, so nobody sees the record consumed without it. */
  readonly receipt?: string;
}

/** Selects one record: by id, or by a key that its kind declares unique. */
export type By = { readonly id: string } | { readonly key: string; readonly value: string };

/** Selects many records: by any declared key, or all of a kind. */
export type ListBy = { readonly key: string; readonly value: string } | 'all';

/** One record is created. Conflicts when the id, or the value of a unique key, is taken: `exists`. */
export interface InsertWrite {
  readonly insert: NewRecord;
}

/**
 * One record is replaced. With `ifRevision` it conflicts when the record is absent (`gone`) or has another revision
 * (`revision`); without, it is written whatever stands there. A put keeps `consumed`. Either form conflicts when it takes
 * another record's value of a unique key: `exists`.
 */
export interface PutWrite {
  readonly put: NewRecord;
  readonly ifRevision?: number;
}

/**
 * One record is marked as used, by exactly one caller in all processes. Conflicts when another attempt consumed it
 * (`consumed`), or it is absent (`gone`). The same attempt again succeeds and changes nothing.
 */
export interface ConsumeWrite {
  readonly consume: {
    readonly kind: string;
    readonly id: string;
    readonly attempt: string;
    readonly receipt?: string;
    /** New retention of the consumed record; without it the old one stays. */
    readonly expiresAt?: number;
  };
}

/** One record goes away, if it is there. */
export interface RemoveWrite {
  readonly remove: { readonly kind: string; readonly id: string };
}

/** All records of the kind whose key has the value go away. */
export interface RemoveAllWrite {
  readonly removeAll: { readonly kind: string; readonly key: string; readonly value: string };
}

/** One part of a commit. */
export type Write = InsertWrite | PutWrite | ConsumeWrite | RemoveWrite | RemoveAllWrite;

/** Why a precondition failed. */
export type ConflictReason = 'exists' | 'consumed' | 'gone' | 'revision';

/** A precondition of a commit did not hold. None of the plain writes of that commit is visible. */
export class StoreConflict extends Error {
  override readonly name = 'StoreConflict';
  /** The write whose precondition failed. */
  readonly write: Write;
  readonly reason: ConflictReason;

  constructor(write: Write, reason: ConflictReason) {
    const { kind } = targetOf(write);
    super(`${verbOf(write)} of a ${kind} record conflicts: ${reason}`);
    this.write = write;
    this.reason = reason;
  }
}

/** One page of {@link Store.list}. */
export interface Page {
  readonly records: readonly StoredRecord[];
  /** Where the next page starts; absent on the last page. Opaque to the caller. */
  readonly cursor?: string;
}

/** How {@link Store.list} pages. */
export interface ListOptions {
  readonly now: number;
  readonly cursor?: string;
  /** At most this many records; 100 when absent. */
  readonly limit?: number;
}

/** Names the keys of a kind. A store makes an index for each. */
export interface KindDeclaration {
  readonly kind: string;
  readonly keys: Readonly<Record<string, { readonly unique?: true }>>;
}

/** For {@link Store.findRelated}: records of `kind` whose `key` (a declared key, or `id`) equals the found record's key `from`. */
export interface Relation {
  readonly kind: string;
  readonly key: string;
  readonly from: string;
}

/** A record and those that its keys point to. */
export interface RelatedRecords {
  readonly record: StoredRecord;
  readonly related: readonly StoredRecord[];
}

/** What `purge` did. */
export interface PurgeResult {
  readonly removed: number;
  /** Whether expired records may be left. */
  readonly more: boolean;
}

/**
 * Storage for one or many server processes.
 *
 * `insert`, `put` with `ifRevision` and `consume` are preconditions; `put` without it, `remove` and `removeAll` are plain
 * writes. A store with transactions commits all or nothing. A store without runs the preconditions first, in order, and the
 * plain writes after; what a crash leaves is then at most an earlier precondition spent, never something handed out twice.
 */
export interface Store {
  /** A short name for logs and health, e.g. `memory`. */
  readonly name: string;
  /** Whether grants survive a restart. A store that says `false` is refused in production. */
  readonly durable: boolean;
  /** One record, consumed ones too, or `undefined` when it is absent or past its expiry. */
  find(kind: string, by: By, now: number): Promise<StoredRecord | undefined>;
  /** @throws {StoreConflict} when a precondition fails. */
  commit(writes: readonly Write[], now: number): Promise<void>;
  /** Records in an order that stays stable while others come and go. */
  list(kind: string, by: ListBy, options: ListOptions): Promise<Page>;
  /** Accelerator: one record and its relations in one trip. Without it the server calls `find` and `list`. */
  findRelated?(
    kind: string,
    by: By,
    relations: readonly Relation[],
    now: number,
  ): Promise<RelatedRecords | undefined>;
  /** Called once at start, with every kind that the server and its plugins declare. */
  open?(kinds: readonly KindDeclaration[]): Promise<void>;
  /** Called at the end, after the last request. Closes only what the store itself opened. */
  close?(): Promise<void>;
  /** Removes at most `limit` records past their expiry. */
  purge?(now: number, limit: number): Promise<PurgeResult>;
  /**
   * Counts guesses for all processes on this database, before `open` too. Without it they count in each process, or where the
   * option `limits` says.
   */
  limiter?(options: CounterOptions): Counter;
}

/** The kind and id that a write is about; `removeAll` has no id. */
export function targetOf(write: Write): { kind: string; id?: string } {
  if ('insert' in write) return write.insert;
  if ('put' in write) return write.put;
  if ('consume' in write) return write.consume;
  if ('remove' in write) return write.remove;
  return { kind: write.removeAll.kind };
}

/** Whether a commit with this write can conflict. */
export function isPrecondition(write: Write): boolean {
  return (
    'insert' in write || 'consume' in write || ('put' in write && write.ifRevision !== undefined)
  );
}

function verbOf(write: Write): string {
  return Object.keys(write).find((key) => key !== 'ifRevision') ?? 'write';
}
