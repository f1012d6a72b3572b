import type { Counter, CounterOptions } from '@gatehouse/core';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Connections, Statement } from './connections.js';
import { repeated } from './repeated.js';

/**
 * Counts in the database of the store, one statement for a point. It sends by the store's own connections: with their time limit,
 * and with values as text, whatever parsers the host has set.
 */
export function createCounter(
  { use }: Connections,
  tableName: string,
  options: CounterOptions,
): Counter {
  const storeClient = {
    async query({ text, values }: Statement): Promise<{ rows: object[]; rowCount: number }> {
      const rows = await use((send) => repeated(() => send({ text, values, prepare: true })));
      const numbers = rows.map(([points, expire]) => ({
        points: Number(points),
        expire: Number(expire),
      }));
      return { rows: numbers, rowCount: rows.length };
    },
  };
  return new RateLimiterPostgres({
    ...options,
    storeClient,
    storeType: 'client',
    tableName,
    // `open` has made it, and `purge` removes what has expired.
    tableCreated: true,
    clearExpiredByTimeout: false,
  });
}
