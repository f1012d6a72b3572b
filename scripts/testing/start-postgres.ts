import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { ready, startServer, type TestServer } from './test-server.js';

/** A PostgreSQL of a test. */
export type TestPostgres = TestServer;

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
  const settings = {
    fsync: 'off',
    unix_socket_directories: '',
    // Each host of a test has a pool, whose connections stay for ten seconds after it.
    max_connections: '400',
    ...options.settings,
  };
  const args = ['-D', data, '-h', '127.0.0.1', '-p', `${port}`];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const sign = /ready to accept connections/;

  const launch = async (tries = 30): Promise<ChildProcess> => {
    try {
      return await ready(spawn(join(binaries, 'postgres'), args, as), sign);
    } catch (error) {
      // What was killed may take a moment to let go of its memory.
      if (tries === 1 || !String(error).includes('shared memory')) throw error;
      await delay(100);
      return launch(tries - 1);
    }
  };
  return startServer({
    uri: `postgres://postgres@127.0.0.1:${port}/postgres`,
    folder,
    endSignal: 'SIGQUIT',
    launch() {
      if (!existsSync(join(data, 'PG_VERSION'))) {
        const initialize = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-sync'];
        execFileSync(join(binaries, 'initdb'), [...initialize, data], { ...as, stdio: 'pipe' });
      }
      return launch();
    },
  });
}

// initdb and postgres refuse to run as root.
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
