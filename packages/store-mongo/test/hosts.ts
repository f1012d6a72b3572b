import mongoose9 from 'mongoose';
import type { MongoConnection } from '../src/index.js';

/** The connection of a host's app. */
export interface Host {
  readonly connection: MongoConnection;
  readonly commands: readonly Sent[];
  close(): Promise<void>;
}

/** A command as it went over the wire. */
export interface Sent {
  readonly name: string;
  readonly command: Readonly<Record<string, unknown>>;
}

// Its types declare the module `mongoose`, as those of 9 do.
const alias: string = 'mongoose8';
const { default: mongoose8 } = (await import(alias)) as { readonly default: typeof mongoose9 };

interface Mongoose {
  createConnection(uri: string, options: object): { asPromise(): Promise<Connection> };
}

interface Connection extends MongoConnection {
  close(): Promise<void>;
}

/** The ways of a host to connect, by name. */
export const hosts = {
  'mongoose 9': (uri: string) => open(mongoose9, uri),
  'mongoose 8': (uri: string) => open(mongoose8, uri),
  'mongoose 9 with settings of its own': (uri: string) => open(hostile(mongoose9), uri, settings),
  'mongoose 8 with settings of its own': (uri: string) =>
    open(hostile(mongoose8), uri, { ...settings, timeoutMS: 20_000 }),
} as const;

export type HostName = keyof typeof hosts;

// Each would change what is sent, or what comes back.
const settings = {
  readPreference: 'secondaryPreferred',
  readConcernLevel: 'local',
  w: 1,
  journal: false,
  retryWrites: false,
  retryReads: false,
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
  ignoreUndefined: true,
  promoteValues: false,
  promoteLongs: false,
  bsonRegExp: true,
};

function hostile(mongoose: typeof mongoose9): Mongoose {
  const own = new mongoose.Mongoose();
  own.set('strictQuery', 'throw');
  own.set('strict', 'throw');
  own.set('sanitizeFilter', true);
  own.set('autoIndex', false);
  own.set('bufferCommands', false);
  own.set('id', false);
  own.set('timestamps.createdAt.immutable', false);
  own.set('toJSON', { transform: () => ({}) });
  own.set('toObject', { transform: () => ({}) });
  own.plugin((schema) => {
    schema.set('timestamps', true);
    schema.set('toJSON', { virtuals: true, transform: () => 'changed' });
    schema.pre('save', () => {
      throw new Error('a plugin was called');
    });
  });
  return own;
}

async function open(mongoose: Mongoose, uri: string, options: object = {}): Promise<Host> {
  const all = { ...options, monitorCommands: true };
  const connection = await mongoose.createConnection(uri, all).asPromise();
  const commands: Sent[] = [];
  const client = connection.getClient() as unknown as {
    on(event: string, listener: (sent: { commandName: string; command: object }) => void): void;
  };
  client.on('commandStarted', ({ commandName, command }) => {
    commands.push({ name: commandName, command: { ...command } });
  });
  return { connection, commands, close: () => connection.close() };
}
