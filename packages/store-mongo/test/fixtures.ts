import { type KindDeclaration, type NewRecord, type Store, StoreConflict } from '@gatehouse/core';
import mongoose from 'mongoose';
import type { TestMongo } from '../../../scripts/testing/start-mongo.js';
import { type MongoStore, mongoStore } from '../src/index.js';

/** The kinds of these tests. */
export const kinds: readonly KindDeclaration[] = [
  { kind: 'Token', keys: { grantId: {}, accountId: {} } },
  { kind: 'Session', keys: { uid: { unique: true }, nick: { unique: true }, accountId: {} } },
];

export const now: number = Math.floor(Date.now() / 1000);

/** A record without unique keys. */
export function token(id: string, rest: Partial<NewRecord> = {}): NewRecord {
  return { kind: 'Token', id, payload: `token ${id}`, keys: {}, ...rest };
}

/** A record that may have unique keys. */
export function session(id: string, rest: Partial<NewRecord> = {}): NewRecord {
  return { kind: 'Session', id, payload: `session ${id}`, keys: { uid: id }, ...rest };
}

/** Inserts a session with these keys alone. */
export function insert(
  id: string,
  keys: Readonly<Record<string, string>>,
  expiresAt?: number,
): { readonly insert: NewRecord } {
  const rest = expiresAt === undefined ? {} : { expiresAt };
  return { insert: session(id, { keys, ...rest }) };
}

/** A document as it is stored. */
export type Stored = Record<string, unknown> & { readonly _id: string };

/** A store with collections of its own, and its documents as they are. */
export interface Space {
  readonly store: MongoStore;
  readonly prefix: string;
  readonly connection: mongoose.Connection;
  /** The names of the commands that were sent since the last call. */
  commands(): readonly string[];
  documents(): Promise<readonly Stored[]>;
  put(document: Stored): Promise<void>;
  close(): Promise<void>;
}

/** For tests of what a store does, not of how long it waits: a busy machine must not fail them. */
const patientMilliseconds = 15_000;

let spaces = 0;

/** Opens a store on a connection of its own. */
export async function openSpace(
  { uri }: Pick<TestMongo, 'uri'>,
  prefix = `p${process.pid}_${++spaces}_`,
  timeoutMilliseconds = patientMilliseconds,
): Promise<Space> {
  const connection = await mongoose.createConnection(uri, { monitorCommands: true }).asPromise();
  const sent: string[] = [];
  connection.getClient().on('commandStarted', ({ commandName }) => void sent.push(commandName));
  const store = mongoStore({ connection, prefix, timeoutMilliseconds });
  await store.open(kinds);
  const collection = connection.collection<Stored>(`${prefix}records`);
  sent.length = 0;
  return {
    store,
    prefix,
    connection,
    commands: () => sent.splice(0),
    documents: () => collection.find().sort({ _id: 1 }).toArray(),
    async put(document) {
      await collection.insertOne(document);
    },
    async close() {
      await store.close();
      await connection.close();
    },
  };
}

/** `ok`, or the reason of the conflict. */
export async function outcomeOf(commit: Promise<void>): Promise<string> {
  try {
    await commit;
    return 'ok';
  } catch (error) {
    if (error instanceof StoreConflict) return error.reason;
    throw error;
  }
}

/** The id of the session that is found by its `uid`. */
export async function findByUid(store: Store, uid: string): Promise<string | undefined> {
  return (await store.find('Session', { key: 'uid', value: uid }, now))?.id;
}

/** The ids of a kind. */
export async function idsOf(store: Store, kind: string): Promise<readonly string[]> {
  const { records } = await store.list(kind, 'all', { now, limit: 1000 });
  return records.map(({ id }) => id);
}
