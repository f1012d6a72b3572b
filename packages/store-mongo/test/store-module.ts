import { type MongoStore, mongoStore } from '../src/index.js';

/** Makes the store of a space, for any process. */
export function makeStore({ uri, space }: { uri: string; space: string }): MongoStore {
  return mongoStore({ uri, prefix: `${space}_` });
}
