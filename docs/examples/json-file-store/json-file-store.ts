// #region store
import { readFile, rename, writeFile } from 'node:fs/promises';
import {
  type ConflictReason,
  isPrecondition,
  type KindDeclaration,
  type Store,
  StoreConflict,
  type StoredRecord,
} from '@gatehouse/core';
import { checkKey, checkText, checkWrite, type Kinds, placeOf } from './checks.js';
import { applyWrite, isLive, keyOf, type Records, recordsBy } from './records.js';

/**
 * A store for one process: all records in memory and in one JSON file, which each commit replaces as a whole. Small, and right:
 * a crash leaves the file of before or of after.
 */
export function jsonFileStore({ path }: { readonly path: string }): Store {
  const kinds: Kinds = new Map<string, KindDeclaration['keys']>();
  let records: Records = new Map();
  let arrivals = 0;
  let last: Promise<void> = Promise.resolve();

  // One after another: what a commit has read cannot change before it has written.
  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  return {
    name: 'json-file',
    durable: true,

    open: (declarations) =>
      inTurn(async () => {
        for (const { kind, keys } of declarations) kinds.set(kind, keys);
        if (records.size > 0) return;
        const stored = await readRecords(path);
        records = new Map(stored.map((record) => [keyOf(record), { place: ++arrivals, record }]));
      }),

    async find(kind, by, now) {
      if ('id' in by) {
        const entry = records.get(keyOf({ kind, id: checkText(by.id, 'id') }));
        return entry && isLive(entry, now) ? entry.record : undefined;
      }
      if (!checkKey(kinds, kind, by.key).unique) throw new TypeError(`${by.key} is not unique`);
      const value = checkText(by.value, 'value');
      return recordsBy(records, kind, { key: by.key, value }, now)[0]?.record;
    },

    async list(kind, by, { now, cursor, limit = 100 }) {
      const after = cursor === undefined ? 0 : placeOf(cursor);
      if (by !== 'all') checkKey(kinds, kind, by.key) && checkText(by.value, 'value');
      const found = recordsBy(records, kind, by, now).filter(({ place }) => place > after);
      const page = found.slice(0, limit);
      const more = found.length > limit ? { cursor: `after-${page.at(-1)?.place}` } : {};
      return { records: page.map(({ record }) => record), ...more };
    },

    async commit(writes, now) {
      const checked = writes.map((given) => ({ given, write: checkWrite(given, kinds) }));
      await inTurn(async () => {
        // On a copy: a conflict leaves nothing, and nobody sees what is not on disk. What has expired stays behind.
        const next: Records = new Map([...records].filter(([, entry]) => isLive(entry, now)));
        const plain = checked.filter(({ write }) => !isPrecondition(write));
        const required = checked.filter(({ write }) => isPrecondition(write));
        for (const { given, write } of [...required, ...plain]) {
          const reason: ConflictReason | undefined = applyWrite(next, write, {
            now,
            isUnique: (kind, key) => kinds.get(kind)?.[key]?.unique === true,
            nextPlace: () => ++arrivals,
          });
          if (reason) throw new StoreConflict(given, reason);
        }
        await writeRecords(
          path,
          [...next.values()].map(({ record }) => record),
        );
        records = next;
      });
    },

    close: () => inTurn(async () => undefined),
  };
}

async function readRecords(path: string): Promise<StoredRecord[]> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as StoredRecord[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

// Flushed before it is renamed, and renamed in one step.
async function writeRecords(path: string, records: readonly StoredRecord[]): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(records), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
// #endregion store
