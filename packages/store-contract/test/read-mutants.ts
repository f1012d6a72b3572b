import type { Store, StoredRecord } from '@gatehouse/core';
import { type Mutant, mutate } from './mutant.js';

/** Mistakes about reading, sweeping and the values themselves. */
export const readMutants: readonly Mutant[] = [
  {
    mistake: 'find does not look at the expiry',
    caughtBy: 'a record is there until its expiry, and absent from that second on',
    makeStore: mutate((store) => ({ find: (kind, by) => store.find(kind, by, 0) })),
  },
  {
    mistake: 'list does not look at the expiry',
    caughtBy: 'an expired record does not fill or cut the pages of a list',
    makeStore: mutate((store) => ({
      list: (kind, by, options) => store.list(kind, by, { ...options, now: 0 }),
    })),
  },
  {
    mistake: 'the pages of a list are counted by offset',
    caughtBy: 'list gives every record that stays exactly once, while others come, change and go',
    makeStore: mutate((store) => ({
      async list(kind, by, { now, cursor = 'from-0', limit = 100 }) {
        const { records } = await store.list(kind, by, { now, limit: 1000 });
        const from = Number(cursor.replace('from-', ''));
        if (Number.isNaN(from)) throw new TypeError('cursor');
        const page = records.slice(from, from + limit);
        const to = from + limit;
        return { records: page, ...(to < records.length && { cursor: `from-${to}` }) };
      },
    })),
  },
  {
    mistake: 'a cursor is not checked',
    caughtBy: 'list with a cursor that it never gave is refused',
    makeStore: mutate((store) => ({
      list: (kind, by, options) =>
        store.list(kind, by, options).catch((error) => {
          if (options.cursor === undefined) throw error;
          return { records: [] };
        }),
    })),
  },
  {
    mistake: 'the case of an id is folded',
    caughtBy: 'ids are compared as they are, whatever they look like',
    makeStore: withIds((id) => id.toLowerCase()),
  },
  {
    mistake: 'an id is stored as UTF-8, whatever it is',
    caughtBy: 'a string that is very long, or no Unicode, comes back as it was or is refused',
    makeStore: withIds((id) => Buffer.from(id).toString()),
  },
  {
    mistake: 'a long id is cut',
    caughtBy: 'a string that is very long, or no Unicode, comes back as it was or is refused',
    makeStore: withIds((id) => id.slice(0, 4096)),
  },
  {
    mistake: 'an id that is no string is converted',
    caughtBy: 'what selects a record and is no string is refused',
    makeStore: mutate((store) => ({
      find: (kind, by, now) => store.find(kind, 'id' in by ? { id: String(by.id) } : by, now),
    })),
  },
  {
    mistake: 'a payload is parsed and printed again',
    caughtBy: 'a payload comes back byte for byte, up to a megabyte',
    makeStore: mutate((store) => ({
      async find(...args) {
        const found = await store.find(...args);
        try {
          return found && { ...found, payload: JSON.stringify(JSON.parse(found.payload)) };
        } catch {
          return found;
        }
      },
    })),
  },
  {
    mistake: 'findRelated gives one page',
    caughtBy: 'findRelated gives more related records than a page has',
    makeStore: mutate((store) => ({
      async findRelated(...args) {
        const found = await store.findRelated(...args);
        return found && { ...found, related: found.related.slice(0, 100) };
      },
    })),
  },
  {
    mistake: 'findRelated does not look at the expiry of what is related',
    caughtBy: 'findRelated leaves out related records that are absent or expired',
    makeStore: mutate((store) => ({
      async findRelated(kind, by, relations, now) {
        const record = await store.find(kind, by, now);
        return record && store.findRelated(kind, by, relations, 0);
      },
    })),
  },
  {
    mistake: 'purge takes more than it was asked for',
    caughtBy: 'purge removes expired records, at most as many as asked for, until none is left',
    makeStore: mutate((store) => ({ purge: (now) => store.purge(now, 1000) })),
  },
  {
    mistake: 'purge takes what has not expired',
    caughtBy: 'purge leaves what has not expired, and what has no expiry',
    makeStore: mutate((store) => ({ purge: (now, limit) => store.purge(now + 1, limit) })),
  },
  {
    mistake: 'purge says that nothing is left after a batch',
    caughtBy: 'purge takes what has expired in batches, while others are written and expire',
    makeStore: mutate((store) => ({
      purge: async (now, limit) => ({ ...(await store.purge(now, limit)), more: false }),
    })),
  },
  {
    mistake: 'find gives the object that is stored',
    caughtBy: 'what find gives and what commit took cannot change what is stored',
    makeStore: mutate((store) => {
      const objects = new Map<string, StoredRecord>();
      return {
        async find(...args) {
          const found = await store.find(...args);
          if (found === undefined) return undefined;
          const name = `${found.kind} ${found.id} ${found.revision}`;
          const object = objects.get(name) ?? { ...found, keys: { ...found.keys } };
          objects.set(name, object);
          return object;
        },
      };
    }),
  },
];

function withIds(change: (id: string) => string): () => Store {
  return mutate((store) => ({
    find: (kind, by, now) => {
      const isId = 'id' in by && typeof by.id === 'string';
      return store.find(kind, isId ? { id: change(by.id) } : by, now);
    },
    commit: (writes, now) =>
      store.commit(
        writes.map((write) => {
          if (!('insert' in write) || typeof write.insert.id !== 'string') return write;
          return { insert: { ...write.insert, id: change(write.insert.id) } };
        }),
        now,
      ),
  }));
}
