import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInPath } from './find-in-path.js';
import { freePort } from './free-port.js';
import { givenServer, ready, startServer, type TestServer } from './test-server.js';

/** Where the tests get their Redis from. */
type RedisSource = { readonly uri: string } | { readonly binary: string };

/** How a test wants its server. */
export interface TestRedisOptions {
  /** It keeps what it acknowledged, also through a kill; else a restart is empty. */
  readonly onDisk?: true;
}

/** The first that there is: `REDIS_URI`, a `redis-server` in the path. */
export function findRedis(env: NodeJS.ProcessEnv = process.env): RedisSource | undefined {
  if (env.REDIS_URI) return { uri: env.REDIS_URI };
  const binary = findInPath('redis-server', env);
  return binary === undefined ? undefined : { binary };
}

/** Starts a server from what {@link findRedis} found, or takes the one that was given, as it is. */
export async function startRedis(
  source: RedisSource,
  { onDisk }: TestRedisOptions = {},
): Promise<TestServer> {
  if ('uri' in source) return givenServer(source.uri);
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-redis-'));
  const port = await freePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  if (onDisk) args.push('--appendonly', 'yes', '--appendfsync', 'always');
  return startServer({
    uri: `redis://127.0.0.1:${port}`,
    folder,
    endSignal: 'SIGKILL',
    launch: () => ready(spawn(source.binary, args), /Ready to accept connections/),
  });
}
