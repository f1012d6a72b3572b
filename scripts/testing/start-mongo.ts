import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { javaMain, type MongoSource } from './find-mongo.js';
import { freePort } from './free-port.js';
import { givenServer, ready, startServer, type TestServer } from './test-server.js';

/** A server of MongoDB's wire protocol, for one test file; its URI is of a database that is empty. */
export type TestMongo = TestServer;

/** How a test wants its server. */
export interface TestMongoOptions {
  /** On a disk: mongo-java-server then loses what it acknowledged within the last second before a kill, and else all. */
  readonly onDisk?: true;
  /** Memory that a server which keeps all of it there may take, as Java says it. @default '1g' */
  readonly memory?: string;
}

/** Starts a server from what {@link findMongo} found, or takes a new database of the one that was given. */
export async function startMongo(
  source: MongoSource,
  { onDisk, memory = '1g' }: TestMongoOptions = {},
): Promise<TestMongo> {
  const database = `gatehouse_test_${process.pid}_${Math.random().toString(36).slice(2)}`;
  if ('uri' in source) return givenMongo(source.uri, database);
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-mongo-'));
  const port = await freePort();
  const uri = `mongodb://127.0.0.1:${port}/${database}`;
  const launch = async (): Promise<ChildProcess> => {
    if ('java' in source) {
      const options = [`-Xmx${memory}`, '-XX:+UseSerialGC'];
      const args = [...options, '-cp', join(source.jars, '*'), javaMain, `${port}`];
      return ready(spawn(source.java, onDisk ? [...args, join(folder, 'data')] : args), /^ready/m);
    }
    const args = ['--dbpath', folder, '--port', `${port}`, '--bind_ip', '127.0.0.1'];
    const child = spawn(source.mongod, [...args, '--replSet', 'test']);
    return ready(child, /Waiting for connections/);
  };
  const server = await startServer({
    uri: 'mongod' in source ? `${uri}?replicaSet=test` : uri,
    folder,
    endSignal: 'SIGKILL',
    launch,
  });
  if ('mongod' in source) await startReplicaSet(uri);
  return server;
}

function givenMongo(given: string, database: string): TestMongo {
  // Not a URL to `URL`: it may name several hosts.
  const [, hosts = '', before = '', query = ''] =
    /^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?([^?]*)\??(.*)$/.exec(given) ?? [];
  const options = new URLSearchParams(query);
  // Whom a server knows is in the database of the address, unless the address says otherwise.
  if (before && !options.has('authSource')) options.set('authSource', before);
  const uri = `${hosts}/${database}?${options}`;
  return givenServer(uri, () =>
    onConnection(uri, async (connection) => void (await connection.dropDatabase())),
  );
}

async function onConnection<Result>(
  uri: string,
  task: (connection: import('mongoose').Connection) => Promise<Result>,
): Promise<Result> {
  const { default: mongoose } = await import('mongoose');
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    return await task(connection);
  } finally {
    await connection.close();
  }
}

async function startReplicaSet(uri: string): Promise<void> {
  await onConnection(`${uri}?directConnection=true`, async (connection) => {
    const admin = connection.getClient().db('admin');
    await admin.command({
      replSetInitiate: { _id: 'test', members: [{ _id: 0, host: new URL(uri).host }] },
    });
    while (!(await admin.command({ hello: 1 })).isWritablePrimary) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
}
