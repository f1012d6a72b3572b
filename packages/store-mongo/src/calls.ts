import { type Budget, pauseWithin, startBudget, within } from './budget.js';
import { connect, type DatabaseWith, databaseOf } from './connect.js';
import type { MongoClient, MongoCollection, MongoConnection } from './driver.js';
import { isPassing, isRefusal } from './failures.js';

/** Where a store keeps its records. */
export type MongoSource = { readonly connection: MongoConnection } | { readonly uri: string };

/** One call of the store, with the time that it has. */
export interface Call {
  readonly records: MongoCollection;
  readonly counters: MongoCollection;
  readonly collectionName: string;
  /** Whether one `$lookup` does what several queries do. */
  readonly joins: boolean;
  /** Sends a command, again if need be: every command can meet what it has done itself. */
  send<Result>(command: (options: CommandOptions) => PromiseLike<Result>): Promise<Result>;
  /** Waits longer each time, and fails when the time of the call is over. */
  pause(): Promise<void>;
  /** Gives the call its time anew. */
  renew(): void;
}

/** What each command is sent with. */
export interface CommandOptions {
  readonly maxTimeMS: number;
}

/** How long a call that is not like the others may take: until there is a connection, and then. */
export interface Times {
  readonly connect: number;
  readonly work: number;
}

/** The calls of one store. */
export interface Calls {
  run<Result>(task: (call: Call) => Promise<Result>, times?: Times): Promise<Result>;
  /** Waits for the calls that run, and ends the connection if it is the store's own. */
  close(): Promise<void>;
  /** Allows calls again after `close`. */
  reopen(): void;
}

interface Ready {
  readonly records: MongoCollection;
  readonly counters: MongoCollection;
  readonly joins: boolean;
}

const longestPause = 320;

/** The names of a store's collections, and how long a call may take. */
export interface CallsOptions {
  readonly collection: string;
  readonly counters: string;
  readonly timeoutMilliseconds: number;
}

/** Makes the calls of one store, over the host's connection or one of its own. */
export function createCalls(
  source: MongoSource,
  { collection, counters: countersName, timeoutMilliseconds }: CallsOptions,
): Calls {
  const running = new Set<Promise<unknown>>();
  let own: ReturnType<typeof connect> | undefined;
  let known: { readonly client: MongoClient; readonly ready: Promise<Ready> } | undefined;
  let closed = false;

  async function connectionOf(budget: Budget): Promise<MongoConnection> {
    if ('connection' in source) return source.connection;
    for (;;) {
      const isJoined = own !== undefined;
      own ??= connect(source.uri, budget.milliseconds, timeoutMilliseconds).catch((error) => {
        own = undefined;
        throw error;
      });
      try {
        return await within(budget, own);
      } catch (error) {
        // The attempt of an earlier call ends with that call's time, not with this one's.
        if (!isJoined || budget.remaining() <= 0) throw error;
      }
    }
  }

  async function prepare(budget: Budget): Promise<Ready> {
    const { client, databaseWith } = await databaseOf(await connectionOf(budget), budget);
    if (known?.client !== client) {
      const ready = probe(
        databaseWith,
        { collection, counters: countersName },
        startBudget(budget.milliseconds),
      );
      known = { client, ready };
      ready.catch(() => {
        if (known?.ready === ready) known = undefined;
      });
    }
    return within(budget, known.ready);
  }

  async function start<Result>(
    task: (call: Call) => Promise<Result>,
    times: Times | undefined,
  ): Promise<Result> {
    const first = startBudget(times?.connect ?? timeoutMilliseconds);
    const { records, counters, joins } = await prepare(first);
    const budget = times === undefined ? first : startBudget(times.work);
    let pause = 5;
    return task({
      records,
      counters,
      collectionName: collection,
      joins,
      send: (command) => send(command, budget),
      async pause() {
        await pauseWithin(budget, pause * (0.5 + Math.random()));
        pause = Math.min(pause * 2, longestPause);
      },
      renew: () => budget.renew(),
    });
  }

  return {
    async run(task, times) {
      if (closed) throw new Error('the store is closed');
      const result = start(task, times);
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    async close() {
      // The host's connection stays the host's, and a server may start again on this store.
      closed = 'uri' in source;
      await Promise.allSettled([...running]);
      const ending = own;
      own = undefined;
      known = undefined;
      const connection = await ending?.catch(() => undefined);
      // A server that is gone cannot be taken leave of.
      if (connection)
        await within(startBudget(timeoutMilliseconds), connection.close(true)).catch(() => {});
    },
    reopen() {
      closed = false;
    },
  };
}

async function send<Result>(
  command: (options: CommandOptions) => PromiseLike<Result>,
  budget: Budget,
): Promise<Result> {
  for (let pause = 10; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      const maxTimeMS = Math.max(1, Math.ceil(budget.remaining()));
      return await within(budget, command({ maxTimeMS }));
    } catch (error) {
      if (!isPassing(error)) throw error;
      await pauseWithin(budget, pause * (0.5 + Math.random())).catch(() => {
        throw error;
      });
    }
  }
}

// Asks the server what it can do, instead of knowing it by its name.
async function probe(
  databaseWith: DatabaseWith,
  { collection: name, counters }: Pick<CallsOptions, 'collection' | 'counters'>,
  budget: Budget,
): Promise<Ready> {
  const allows = async (command: (options: CommandOptions) => PromiseLike<unknown>) => {
    try {
      await send(command, budget);
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  };
  const match = { _id: '' };
  const majority = databaseWith('majority').collection(name);
  const agreed = await allows((options) => majority.findOne(match, options));
  const database = databaseWith(agreed ? 'majority' : 'local');
  const records = database.collection(name);
  const lookup = { from: name, localField: '_id', foreignField: '_id', as: 'found' };
  const stages = [{ $match: match }, { $lookup: lookup }];
  const joins = await allows((options) => records.aggregate(stages, options).toArray());
  return { records, counters: database.collection(counters), joins };
}
