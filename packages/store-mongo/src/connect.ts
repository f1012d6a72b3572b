import { type Budget, pauseWithin, startBudget, within } from './budget.js';
import type { MongoClient, MongoConnection, MongoDatabase } from './driver.js';

// Whatever the host's connection says: single use and revocation are decided by the primary, on what a majority has on disk, and
// documents are read and written as plain JavaScript values.
const ours = {
  readPreference: 'primary',
  writeConcern: { w: 'majority', j: true },
  ignoreUndefined: false,
  serializeFunctions: false,
  checkKeys: false,
  raw: false,
  fieldsAsRaw: {},
  promoteValues: true,
  promoteLongs: true,
  promoteBuffers: false,
  useBigInt64: false,
  bsonRegExp: false,
  enableUtf8Validation: true,
};

/** A database as the store uses it, with the read concern of its choice. */
export type DatabaseWith = (readConcern: 'majority' | 'local') => MongoDatabase;

/** The client of a connection, and its database with the store's own settings. Waits while the connection is being opened. */
export async function databaseOf(
  connection: MongoConnection,
  budget: Budget,
): Promise<{ readonly client: MongoClient; readonly databaseWith: DatabaseWith }> {
  const connecting = 2;
  for (;;) {
    if (connection.readyState === connecting) await within(budget, connection.asPromise());
    // One that has lost its server is 0, and still has its client, which finds the server again.
    const client = clientOf(connection);
    const name = connection.db?.databaseName;
    if (client !== undefined && name !== undefined) {
      const databaseWith: DatabaseWith = (level) =>
        client.db(name, { ...ours, readConcern: { level } });
      return { client, databaseWith };
    }
    await pauseWithin(budget, 20).catch(() => {
      throw new Error('the mongoose connection was never opened: call connect() before');
    });
  }
}

/**
 * Opens a connection of the store's own, with the mongoose that the host has installed.
 *
 * @param milliseconds - How long it may take, from when mongoose is loaded.
 * @param selectionMilliseconds - How long it looks for the server at a time, later too.
 */
export async function connect(
  uri: string,
  milliseconds: number,
  selectionMilliseconds: number,
): Promise<MongoConnection & { close(force: boolean): Promise<void> }> {
  // The process's own work, which takes seconds where many start at once, is not the server's time.
  const { default: mongoose } = await import('mongoose');
  const budget = startBudget(milliseconds);
  for (;;) {
    const connection = mongoose.createConnection(uri, {
      appName: 'gatehouse',
      serverSelectionTimeoutMS: selectionMilliseconds,
      connectTimeoutMS: selectionMilliseconds,
    });
    try {
      await within(budget, connection.asPromise());
      return connection;
    } catch (error) {
      await connection.close(true).catch(() => {});
      const isAbsent = error instanceof mongoose.Error.MongooseServerSelectionError;
      if (!isAbsent || budget.remaining() <= 0) throw error;
    }
  }
}

function clientOf(connection: MongoConnection): MongoClient | undefined {
  // Without `connect()` there is none, whatever the type says.
  return (connection.getClient() as MongoClient | null | undefined) ?? undefined;
}
