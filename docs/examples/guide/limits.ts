// #region redis
import type { MakeCounter } from '@gatehouse/core';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { createClient } from 'redis';

const storeClient = createClient({ url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' });
storeClient.on('error', (error) => console.warn('Redis:', error.message));
// Not awaited: the server starts, and counts for itself until Redis is there.
storeClient.connect().catch(() => {});

export const limits: MakeCounter = (options) =>
  new RateLimiterRedis({ storeClient, useRedisPackage: true, ...options });
// #endregion redis
