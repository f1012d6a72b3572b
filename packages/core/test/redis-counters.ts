import { randomBytes } from 'node:crypto';
import type { MakeCounter } from '@gatehouse/core';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { createClient } from 'redis';

// A server that was given is shared by all that run on it.
const space = `${randomBytes(6).toString('hex')}:`;

/** Counters of one process in a Redis. */
export interface RedisCounters {
  readonly limits: MakeCounter;
  keys(): Promise<readonly string[]>;
  close(): void;
}

/** Connects to a Redis as a host does. */
export function redisCounters(uri: string): RedisCounters {
  const storeClient = createClient({ url: uri });
  // Without a listener a connection that is lost would end the process.
  storeClient.on('error', () => {});
  storeClient.connect().catch(() => {});
  return {
    limits: ({ keyPrefix, ...options }) =>
      new RateLimiterRedis({
        storeClient,
        useRedisPackage: true,
        keyPrefix: `${space}${keyPrefix}`,
        ...options,
      }),
    keys: async () => (await storeClient.keys(`${space}*`)).map((key) => key.slice(space.length)),
    close: () => storeClient.destroy(),
  };
}
