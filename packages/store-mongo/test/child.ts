import { type KindDeclaration, StoreConflict, type Write } from '@gatehouse/core';
import mongoose from 'mongoose';
import { mongoStore } from '../src/index.js';

/** What a child process is told to do. */
export type Order =
  | {
      readonly open: {
        readonly uri: string;
        readonly prefix: string;
        readonly kinds: readonly KindDeclaration[];
      };
    }
  | { readonly commits: readonly (readonly Write[])[]; readonly now: number };

/** What it answers: for each commit `ok`, or why not. */
export type Answer = readonly string[];

let store: ReturnType<typeof mongoStore> | undefined;

async function obey(order: Order): Promise<Answer> {
  if ('open' in order) {
    const { uri, prefix, kinds } = order.open;
    const connection = await mongoose.createConnection(uri).asPromise();
    store = mongoStore({ connection, prefix, timeoutMilliseconds: 15_000 });
    await store.open(kinds);
    return ['ok'];
  }
  return Promise.all(
    order.commits.map(async (writes) => {
      try {
        await store?.commit(writes, order.now);
        return 'ok';
      } catch (error) {
        return error instanceof StoreConflict ? error.reason : String(error);
      }
    }),
  );
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error) => process.send?.([String(error)]),
  );
});
