import type { Counter, CounterOptions } from '@gatehouse/core';
import { RateLimiterMongo } from 'rate-limiter-flexible';
import type { Calls } from './calls.js';
import type { MongoCollection } from './driver.js';

// What the library sends, with the key in a field of its own.
interface Filter {
  readonly key: string;
}

interface Update {
  readonly $set?: CounterFields;
  readonly $setOnInsert?: CounterFields;
  readonly $inc?: { readonly points: number };
}

type CounterFields = Filter & { readonly points?: number; readonly expire?: Date | null };

type Send = <Result>(
  command: (counters: MongoCollection, options: object) => PromiseLike<Result>,
) => Promise<Result>;

/**
 * Counts in the database of the store, one command for a point. The key becomes the `_id`, so that no other index decides; and a
 * key that is new is inserted, since of two upserts on compatible engines the second may overwrite the first. A command that is
 * repeated after a failure of the network may count twice: a point too many refuses a guess, one given back twice allows one.
 */
export function createCounter(calls: Calls, options: CounterOptions): Counter {
  const send: Send = (command) =>
    calls.run((call) => call.send((rest) => command(call.counters, rest)));
  const collection = {
    async findOneAndUpdate(filter: Filter, update: Update): Promise<object> {
      const { $set, $setOnInsert, $inc } = update;
      const changes = {
        ...($set && { $set: withoutKey($set) }),
        ...($inc && { $inc }),
      };
      const found = await send((counters, rest) =>
        counters.findOneAndUpdate(byId(filter), changes, {
          ...rest,
          returnDocument: 'after',
          includeResultMetadata: false,
        }),
      );
      if (found) return found;
      const document = {
        _id: filter.key,
        ...$inc,
        ...withoutKey({ ...$setOnInsert, ...$set, key: '' }),
      };
      // A duplicate is what the library waits for: it looks for an expired one then.
      await send((counters, rest) => counters.insertOne(document, rest));
      return document;
    },
    findOne: (filter: Filter): Promise<unknown> =>
      send((counters, rest) => counters.findOne(byId(filter), rest)),
    deleteOne: (filter: Filter): Promise<{ readonly deletedCount: number }> =>
      send((counters, rest) => counters.deleteMany(byId(filter), rest)),
  };
  return new RateLimiterMongo({
    ...options,
    storeClient: { collection: () => collection },
    // `open` makes them.
    disableIndexesCreation: true,
  });
}

function byId({ key, ...conditions }: Filter): object {
  return { _id: key, ...conditions };
}

function withoutKey({ key: _key, ...fields }: CounterFields): object {
  return fields;
}
