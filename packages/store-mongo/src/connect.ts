import { type Budget, pauseWithin, within } from './budget.js';
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

/** Opens a connection of the store's own, with the mongoose that the host has installed. */
export async function connect(
  uri: string,
  budget: Budget,
): Promise<MongoConnection & { close(force: boolean): Promise<void> }> {
  const { default: mongoose } = await import('mongoose');
  const milliseconds = budget.milliseconds;
  const connection = mongoose.createConnection(uri, {
    appName: 'gatehouse',
    serverSelectionTimeoutMS: milliseconds,
    connectTimeoutMS: milliseconds,
  });
  try {
    await within(budget, connection.asPromise());
    return connection;
  } catch (error) {
    await connection.close(true).catch(() => {});
    throw error;
  }
}

function clientOf(connection: MongoConnection): MongoClient | undefined {
  // Without `connect()` there is none, whatever the type says.
  return (connection.getClient() as MongoClient | null | undefined) ?? undefined;
}
