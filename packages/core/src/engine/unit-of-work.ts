import { AsyncLocalStorage } from 'node:async_hooks';
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

type Consume = Extract<Write, { consume: unknown }>['consume'];
type RemoveAll = Extract<Write, { removeAll: unknown }>['removeAll'];

/** One record as this request knows it: what the store said, and what is pending. */
interface Entry {
  stored: StoredRecord | undefined;
  next: NewRecord | undefined;
  consume: Consume | undefined;
  /** `alone` needs a write of its own; `forgotten` goes with a `removeAll`, or was never stored. */
  removed: 'no' | 'alone' | 'forgotten';
}

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
  /** Forgets the pending writes. */
  discard(): void;
  commit(): Promise<void>;
  /** An error of the store that is not a conflict: the store is out of reach. */
  readonly failure: unknown;
}

/** What parts of one request tell each other. */
export interface Notes {
  /** The account epoch that the login of this request was made under. */
  loginEpoch?: number;
  /** Whether that login came from the host's own session. */
  hostLogin?: boolean;
  /** A refresh token was presented again within its window: what to answer instead. */
  repeatedRefresh?: { readonly answer: Record<string, unknown>; readonly grantId?: string };
  /** A code or refresh token was presented after its time: an event tells. */
  replayed?: { readonly kind: 'AuthorizationCode' | 'RefreshToken'; readonly grantId?: string };
  /** Absolute URL of the request, by the issuer. */
  selfUrl?: string;
  /** The interaction that this request finished. */
  finishedInteraction?: string;
  /** The id and the raw value of the refresh token that this request consumes. */
  consumedRefreshToken?: { readonly id: string; readonly value: string };
  /** The browser session that a new grant belongs to. */
  sessionUid?: string;
  /** Whether the account has answered, as granted or rejected, every scope that is asked. */
  scopesAnswered?: boolean;
  /** The JWT that was presented at introspection or revocation, in the engine's eyes an opaque token. */
  presentedJwt?: { readonly kind: string; readonly id: string; readonly tokenId: string };
  /** PKCE challenge of the presented code, to explain a mismatch in the log. */
  codeChallenge?: string;
}

const current: AsyncLocalStorage<UnitOfWork> = new AsyncLocalStorage();

/** The unit of work of the running request. */
export function unitOfWork(): UnitOfWork {
  const found = current.getStore();
  if (!found) throw new Error('no unit of work is open');
  return found;
}

/** Runs `task` with its own unit of work. */
export function inUnitOfWork<Result>(
  unit: UnitOfWork,
  task: () => Promise<Result>,
): Promise<Result> {
  return current.run(unit, task);
}

/** Opens a unit of work. Nothing is written until `commit`. */
export function createUnitOfWork(store: Store, clock: Clock): UnitOfWork {
  const entries = new Map<string, Entry>();
  const overwrites: NewRecord[] = [];
  const removals: RemoveAll[] = [];
  const keyOf = (kind: string, id: string): string => `${kind}\0${id}`;
  let failure: unknown;

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
    get failure() {
      return failure;
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
    discard() {
      entries.clear();
      overwrites.length = 0;
      removals.length = 0;
    },
    async commit() {
      const writes = unit.writes();
      if (writes.length === 0) return;
      try {
        await store.commit(writes, clock.now());
      } catch (error) {
        if (!(error instanceof StoreConflict)) failure ??= error;
        throw error;
      }
    },
  };
  return unit;
}

function newEntry(): Entry {
  return { stored: undefined, next: undefined, consume: undefined, removed: 'no' };
}

function viewOf({ stored, next, consume, removed }: Entry): StoredRecord | undefined {
  if (removed !== 'no') return undefined;
  const record: StoredRecord | undefined = next
    ? { ...stored, ...next, revision: stored?.revision ?? 0 }
    : stored;
  if (!record || !consume || record.consumed) return record;
  return { ...record, consumed: { attempt: consume.attempt, at: 0 } };
}

function findByKey(
  entries: ReadonlyMap<string, Entry>,
  kind: string,
  key: string,
  value: string,
): Entry | undefined {
  for (const [name, entry] of entries) {
    if (name.startsWith(`${kind}\0`) && viewOf(entry)?.keys[key] === value) return entry;
  }
  return undefined;
}

// Preconditions first: where a store has no transaction, a conflict then leaves nothing of the rest behind. Replay ids come
// before what is handed out, so that a store may put both in one ordered insert.
function writesOf(
  entries: ReadonlyMap<string, Entry>,
  overwrites: readonly NewRecord[],
  removals: readonly RemoveAll[],
): Write[] {
  const consumes: Write[] = [];
  const puts: Write[] = [];
  const inserts: Write[] = [];
  const removes: Write[] = [];
  for (const [name, { stored, next, consume, removed }] of entries) {
    const [kind = '', id = ''] = split(name);
    if (consume) consumes.push({ consume });
    if (removed === 'alone') removes.push({ remove: { kind, id } });
    if (removed !== 'no' || !next) continue;
    if (stored) puts.push({ put: next, ifRevision: stored.revision });
    else if (kind === 'ReplayDetection') inserts.unshift({ insert: next });
    else inserts.push({ insert: next });
  }
  return [
    ...consumes,
    ...puts,
    ...inserts,
    ...overwrites.map((put) => ({ put })),
    ...removes,
    ...removals.map((removeAll) => ({ removeAll })),
  ];
}

function split(name: string): [string, string] {
  const at = name.indexOf('\0');
  return [name.slice(0, at), name.slice(at + 1)];
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
