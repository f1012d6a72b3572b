import mongoose from 'mongoose';
import { type MongoStore, mongoStore } from '../src/index.js';

/** Makes the store of a space, for any process. */
export function makeStore({ uri, space }: { uri: string; space: string }): MongoStore {
  // A busy machine must not fail a test of something else.
  return mongoStore({ uri, prefix: `${space}_`, timeoutMilliseconds: 15_000 });
}

/** Leaves nothing of a space. */
export async function removeStore({ uri, space }: { uri: string; space: string }): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    for (const name of ['records', 'counters']) await connection.dropCollection(`${space}_${name}`);
  } finally {
    await connection.close();
  }
}
