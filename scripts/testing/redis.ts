import { NO_REDIS, ON_REDIS } from '../check-skips.js';
import { describeOnServer } from './describe-on-server.js';
import { findRedis, startRedis, type TestRedisOptions } from './start-redis.js';
import type { TestServer } from './test-server.js';

/** A suite on a real Redis: that of `REDIS_URI`, else one of its own for all its tests. Without one it is skipped, and in CI it fails. */
export function describeOnRedis(
  name: string,
  suite: (server: () => TestServer) => void,
  options: TestRedisOptions & {
    /** A server that can be paused and killed, even if one was given. */
    readonly own?: true;
  } = {},
): void {
  const { REDIS_URI: _given, ...env } = process.env;
  const source = findRedis(options.own ? env : process.env);
  const start = source && (() => startRedis(source, options));
  describeOnServer({ prefix: ON_REDIS, line: NO_REDIS, start }, name, suite);
}
