// #region shape
import * as kit from '@gatehouse/core';
import { COMMIT, FIND, LIST, PURGE } from './redis-scripts.js';

/** What the store needs of the app's client. */
export interface RedisClient {
  eval(script: string, options: { arguments: string[] }): Promise<unknown>;
}

/** A store on one Redis, for any number of server processes. The app connects the client and closes it. */
export function redisStore(client: RedisClient, prefix = 'gatehouse:'): kit.Store {
  const kinds = kit.createDeclaredKinds();
  const run = async <Reply>(script: string, now: number, ...rest: string[]): Promise<Reply> => {
    kit.checkNumber(now, 'now');
    return (await client.eval(script, { arguments: [prefix, `${now}`, ...rest] })) as Reply;
  };
  // As JSON no two names are the same, whatever is in an id: a colon, NUL, half an emoji.
  const nameOf = (...parts: string[]): string => prefix + JSON.stringify(parts);
  const indexOf = (kind: string, by: kit.ListBy): string =>
    by === 'all' ? nameOf(kind) : nameOf(kind, by.key, by.value);
  // #endregion shape

  // #region encode
  const encode = (
    { kind: { kind, keys: declared }, write }: kit.CheckedWrite,
    now: number,
  ): object => {
    if ('consume' in write) {
      const { id, attempt, receipt, expiresAt } = write.consume;
      const consumed = JSON.stringify({ attempt, at: now, receipt });
      const name = nameOf(kind, id);
      return { type: 'consume', name, attempt: JSON.stringify(attempt), consumed, expiresAt };
    }
    if ('remove' in write) return { type: 'remove', name: nameOf(kind, write.remove.id) };
    if ('removeAll' in write) return { type: 'remove', index: indexOf(kind, write.removeAll) };
    const { expiresAt, ...record } = 'insert' in write ? write.insert : write.put;
    const keys = Object.entries(record.keys);
    const indexes = keys.map(([key, value]) => indexOf(kind, { key, value }));
    return {
      type: 'write',
      ...('insert' in write ? { insert: true } : { ifRevision: write.ifRevision }),
      name: nameOf(kind, record.id),
      record: JSON.stringify(record),
      indexes: JSON.stringify([indexOf(kind, 'all'), ...indexes]),
      unique: indexes.filter((_, n) => declared.get(keys[n]?.[0] ?? '')?.unique),
      expiresAt,
    };
  };
  // #endregion encode
  // #region functions
  return {
    name: 'redis',
    durable: true,
    open: async (declared) => kinds.declare(declared),

    async find(kind, by, now) {
      kit.checkBy(kinds.of(kind), by);
      const rows = await ('id' in by
        ? run<Row[]>(FIND, now, nameOf(kind, by.id))
        : run<Row[]>(LIST, now, indexOf(kind, by), '0', '1'));
      return rows.map(toRecord)[0];
    },

    async list(kind, by, options) {
      kit.checkListBy(kinds.of(kind), by);
      const { now, cursor = 'after-0', limit } = kit.readListOptions(options);
      const after = /^after-(\d{1,16})$/.exec(cursor)?.[1];
      if (after === undefined) throw new TypeError('cursor is not one that list returned');
      const rows = await run<Row[]>(LIST, now, indexOf(kind, by), after, `${limit}`);
      const next = rows.length > limit ? { cursor: `after-${rows[limit - 1]?.[0]}` } : {};
      return { records: rows.slice(0, limit).map(toRecord), ...next };
    },

    async commit(writes, now) {
      const { required, plain } = kit.checkWrites(kinds, writes);
      const ordered = [...required, ...plain];
      const encoded = JSON.stringify(ordered.map((one) => encode(one, now)));
      const conflict = await run<[number, kit.ConflictReason] | null>(COMMIT, now, encoded);
      const failed = conflict && ordered[conflict[0]];
      if (failed) throw new kit.StoreConflict(failed.given, conflict[1]);
    },

    async purge(now, limit) {
      kit.checkCount(limit, 'limit');
      const removed = await run<number>(PURGE, now, `${limit}`);
      return { removed, more: removed === limit };
    },
  };
}

type Row = [place: string, record: string, revision: string, ...rest: (string | null)[]];

function toRecord([, record, revision, expiresAt, consumed]: Row): kit.StoredRecord {
  return {
    ...JSON.parse(record),
    revision: Number(revision),
    ...(expiresAt && { expiresAt: Number(expiresAt) }),
    ...(consumed && { consumed: JSON.parse(consumed) }),
  };
}
// #endregion functions
