import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signalTree } from './signal-tree.js';

/** A PostgreSQL of a test, on 127.0.0.1, in a temporary folder. */
export interface TestPostgres {
  readonly uri: string;
  /** Stops the processes as they are (SIGSTOP): connections stay open, and nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends all of it at once (SIGKILL), as a machine does that loses power. */
  kill(): Promise<void>;
  /** Starts again on the same port and data, after a kill. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** How a test wants its server. */
export interface TestPostgresOptions {
  /** Settings of the server, e.g. `{ fsync: 'on' }`; a test server does not wait for the disk otherwise. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The folder of `initdb` and `postgres`: where Debian puts the newest, else in the path; nothing when there is none. */
export function findPostgres(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => +b - +a) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')));
}

/** Starts a server for one test file. The caller stops it. */
export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const binaries = findPostgres();
  if (binaries === undefined) throw new Error('no PostgreSQL found; install postgresql');
  const user = serverUser();
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-postgres-'));
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  if (user) for (const path of [folder, data]) await chown(path, user.uid, user.gid);
  const as = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  const port = await freePort();
  const settings = { fsync: 'off', unix_socket_directories: '', ...options.settings };
  const args = ['-D', data, '-h', '127.0.0.1', '-p', `${port}`];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);

  const launch = async (tries = 30): Promise<ChildProcess> => {
    try {
      return await ready(spawn(join(binaries, 'postgres'), args, as));
    } catch (error) {
      // What was killed may take a moment to let go of its memory.
      if (tries === 1 || !String(error).includes('shared memory')) throw error;
      await delay(100);
      return launch(tries - 1);
    }
  };
  let server: ChildProcess | undefined;
  const signal = (name: NodeJS.Signals): boolean => signalTree(server, name);
  const end = async (name: NodeJS.Signals): Promise<void> => {
    const exited = server && once(server, 'exit');
    if (signal(name)) await exited;
  };
  const leaveNothing = (): void => void server?.kill('SIGQUIT');

  try {
    const initialize = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-sync'];
    execFileSync(join(binaries, 'initdb'), [...initialize, data], { ...as, stdio: 'pipe' });
    server = await launch();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  process.on('exit', leaveNothing);
  return {
    uri: `postgres://postgres@127.0.0.1:${port}/postgres`,
    pause: () => void signal('SIGSTOP'),
    resume: () => void signal('SIGCONT'),
    kill: () => end('SIGKILL'),
    async restart() {
      server = await launch();
    },
    async stop() {
      process.off('exit', leaveNothing);
      signal('SIGCONT');
      await end('SIGQUIT');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

// initdb and postgres refuse to run as root.
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}

/** Waits until a server that was started answers. */
function ready(server: ChildProcess): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      if (log.length > 20_000) return;
      log += chunk.toString();
      if (log.includes('ready to accept connections')) resolve(server);
    });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`postgres ended with ${code}: ${log}`)));
  });
}
