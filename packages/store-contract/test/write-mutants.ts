import { isPrecondition, StoreConflict, type Write } from '@gatehouse/core';
import { type Mutant, mutate } from './mutant.js';

/** Mistakes about the other writes, and about commits as a whole. */
export const writeMutants: readonly Mutant[] = [
  {
    mistake: 'an insert looks, and then writes',
    caughtBy: 'of 50 inserts of one id at once one wins',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        for (const write of writes) {
          if (!('insert' in write)) continue;
          const found = await store.find(write.insert.kind, write.insert, now);
          if (found !== undefined) throw new StoreConflict(write, 'exists');
        }
        const puts = writes.map((write) => ('insert' in write ? { put: write.insert } : write));
        await store.commit(puts, now);
      },
    })),
  },
  {
    mistake: 'an insert conflicts with an expired record that no sweep took yet',
    caughtBy: 'an insert takes the id and the unique value of an expired record',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        for (const write of writes) {
          if (!('insert' in write)) continue;
          const found = await store.find(write.insert.kind, write.insert, 0);
          if (found !== undefined) throw new StoreConflict(write, 'exists');
        }
        await store.commit(writes, now);
      },
    })),
  },
  {
    mistake: 'a put does not look at the revision',
    caughtBy: 'no change is lost when many read, change and put at once',
    makeStore: mutate((store) => ({
      commit: (writes, now) =>
        store.commit(
          writes.map((write) => ('put' in write ? { put: write.put } : write)),
          now,
        ),
    })),
  },
  {
    mistake: 'a put with a revision brings a removed record back',
    caughtBy: 'a record that is removed while others change it stays away',
    makeStore: mutate((store) => ({
      commit: (writes, now) =>
        store.commit(writes, now).catch((error) => {
          if (error.reason !== 'gone' || !('put' in error.write)) throw error;
          return store.commit([{ put: error.write.put }], now);
        }),
    })),
  },
  {
    mistake: 'a put forgets that the record was consumed',
    caughtBy: 'a put keeps what a consume stored',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        await store.commit(writes, now);
        for (const write of writes) {
          if (!('put' in write)) continue;
          await store.commit([{ remove: write.put }], now);
          await store.commit([{ insert: write.put }], now);
        }
      },
    })),
  },
  {
    mistake: 'a put does not move the record in the index of a key',
    caughtBy: 'a put moves a record to the new values of its keys',
    makeStore: mutate((store) => {
      const firstKeys = new Map<string, Readonly<Record<string, string>>>();
      return {
        async commit(writes, now) {
          await store.commit(writes, now);
          for (const write of writes) {
            const record =
              'insert' in write ? write.insert : 'put' in write ? write.put : undefined;
            if (record && !firstKeys.has(record.id)) firstKeys.set(record.id, record.keys);
          }
        },
        async list(kind, by, options) {
          if (by === 'all') return store.list(kind, by, options);
          const { records } = await store.list(kind, 'all', { ...options, limit: 1000 });
          const indexed = records.filter(({ id }) => firstKeys.get(id)?.[by.key] === by.value);
          return { records: indexed };
        },
      };
    }),
  },
  {
    mistake: 'a removeAll takes one page',
    caughtBy: 'a removeAll takes more records than a page has',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        const removes: Write[] = [];
        for (const write of writes) {
          if (!('removeAll' in write)) continue;
          const { records } = await store.list(write.removeAll.kind, write.removeAll, { now });
          removes.push(...records.map((remove) => ({ remove })));
        }
        const others = writes.filter((write) => !('removeAll' in write));
        await store.commit([...others, ...removes], now);
      },
    })),
  },
  {
    mistake: 'a removeAll takes 5,000 records at most',
    caughtBy: 'a removeAll takes 10,000 records, while others of the same value come',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        const removes: Write[] = [];
        for (const write of writes) {
          if (!('removeAll' in write)) continue;
          const options = { now, limit: 5000 };
          const { records } = await store.list(write.removeAll.kind, write.removeAll, options);
          removes.push(...records.map((remove) => ({ remove })));
        }
        const others = writes.filter((write) => !('removeAll' in write));
        await store.commit([...others, ...removes], now);
      },
    })),
  },
  {
    mistake: 'a removeAll spares what was consumed',
    caughtBy: 'a removeAll takes consumed records too',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        const removes: Write[] = [];
        for (const write of writes) {
          if (!('removeAll' in write)) continue;
          const options = { now, limit: 1000 };
          const page = await store.list(write.removeAll.kind, write.removeAll, options);
          const unused = page.records.filter(({ consumed }) => consumed === undefined);
          removes.push(...unused.map((remove) => ({ remove })));
        }
        const others = writes.filter((write) => !('removeAll' in write));
        await store.commit([...others, ...removes], now);
      },
    })),
  },
  {
    mistake: 'a unique key is not enforced',
    caughtBy: 'an insert of a unique value that is taken conflicts and stores nothing',
    makeStore: mutate((store) => ({
      open: (kinds) =>
        store.open(
          kinds.map(({ kind, keys }) => {
            return { kind, keys: Object.fromEntries(Object.keys(keys).map((key) => [key, {}])) };
          }),
        ),
      async find(kind, by, now) {
        if ('id' in by) return store.find(kind, by, now);
        return (await store.list(kind, by, { now })).records[0];
      },
    })),
  },
  {
    mistake: 'plain writes go before the preconditions',
    caughtBy: 'a commit whose consume conflicts leaves none of its plain writes',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        for (const write of writes) if (!isPrecondition(write)) await store.commit([write], now);
        for (const write of writes) if (isPrecondition(write)) await store.commit([write], now);
      },
    })),
  },
  {
    mistake: 'a commit that conflicts shows its plain writes until it has taken them back',
    caughtBy:
      'of 50 commits that spend one record at once only the winner ever shows what it hands out',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        const puts = writes.filter((write) => 'put' in write && write.ifRevision === undefined);
        await store.commit(puts, now);
        await store.commit(writes, now).catch(async (error) => {
          for (const write of puts)
            if ('put' in write) await store.commit([{ remove: write.put }], now);
          throw error;
        });
      },
    })),
  },
  {
    mistake: 'a conflict names the wrong write',
    caughtBy: 'a conflict names the first of the writes that failed',
    makeStore: mutate((store) => ({
      commit: (writes, now) =>
        store.commit(writes, now).catch((error) => {
          const last = writes.at(-1);
          throw error instanceof StoreConflict && last
            ? new StoreConflict(last, error.reason)
            : error;
        }),
    })),
  },
];
