import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { javaMain, type MongoSource } from './find-mongo.js';
import { pauseProcess } from './pause-process.js';

/** A server of MongoDB's wire protocol, for one test file. */
export interface TestMongo {
  /** Of a database that is empty. */
  readonly uri: string;
  /** Stops the process as it is (SIGSTOP): connections stay open, and nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
  /** Starts again on the same port, after a kill; with the same data if it keeps them. */
  restart(): Promise<void>;
  /** Ends it, or removes the database from a server that was given. */
  stop(): Promise<void>;
}

/** How a test wants its server. */
export interface TestMongoOptions {
  /** On a disk: mongo-java-server then loses what it acknowledged within the last second before a kill, and else all. */
  readonly onDisk?: true;
}

/** Starts a server from what {@link findMongo} found, or takes a new database of the one that was given. */
export async function startMongo(
  source: MongoSource,
  { onDisk }: TestMongoOptions = {},
): Promise<TestMongo> {
  const database = `gatehouse_test_${process.pid}_${Math.random().toString(36).slice(2)}`;
  if ('uri' in source) return givenMongo(source.uri, database);
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-mongo-'));
  const port = await freePort();
  const uri = `mongodb://127.0.0.1:${port}/${database}`;
  const launch = async (): Promise<ChildProcess> => {
    if ('java' in source) {
      const options = ['-Xmx1g', '-XX:+UseSerialGC'];
      const args = [...options, '-cp', join(source.jars, '*'), javaMain, `${port}`];
      return ready(spawn(source.java, onDisk ? [...args, join(folder, 'data')] : args), /^ready/m);
    }
    const args = ['--dbpath', folder, '--port', `${port}`, '--bind_ip', '127.0.0.1'];
    const child = spawn(source.mongod, [...args, '--replSet', 'test']);
    return ready(child, /Waiting for connections/);
  };
  let server = await launch();
  const signal = (name: NodeJS.Signals): boolean => server.exitCode === null && server.kill(name);
  const end = async (name: NodeJS.Signals): Promise<void> => {
    const exited = once(server, 'exit');
    if (server.signalCode === null && signal(name)) await exited;
  };
  const leaveNothing = (): void => void server.kill('SIGKILL');
  process.on('exit', leaveNothing);
  if ('mongod' in source) await startReplicaSet(uri);
  return {
    uri: 'mongod' in source ? `${uri}?replicaSet=test` : uri,
    pause: () => pauseProcess(server),
    resume: () => void signal('SIGCONT'),
    kill: () => end('SIGKILL'),
    async restart() {
      server = await launch();
    },
    async stop() {
      process.off('exit', leaveNothing);
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function givenMongo(given: string, database: string): TestMongo {
  // Not a URL to `URL`: it may name several hosts.
  const [, hosts = '', before = '', query = ''] =
    /^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?([^?]*)\??(.*)$/.exec(given) ?? [];
  const options = new URLSearchParams(query);
  // Whom a server knows is in the database of the address, unless the address says otherwise.
  if (before && !options.has('authSource')) options.set('authSource', before);
  const uri = `${hosts}/${database}?${options}`;
  const refuse = (): never => {
    throw new Error('only a server of its own can be paused or killed');
  };
  return {
    uri,
    pause: refuse,
    resume: refuse,
    kill: refuse,
    restart: refuse,
    stop: () => onConnection(uri, async (connection) => void (await connection.dropDatabase())),
  };
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

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}

/** Waits until a server that was started says so. */
function ready(server: ChildProcess, sign: RegExp): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    let log = '';
    const listen = (chunk: Buffer): void => {
      if (log.length > 100_000) return;
      log += chunk.toString();
      if (sign.test(log)) resolve(server);
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${log}`)));
  });
}
