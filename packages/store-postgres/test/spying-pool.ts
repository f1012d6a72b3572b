import type { PostgresPool, PostgresQuery } from '../src/index.js';

/** A pool that remembers what was sent to the driver. */
export interface SpyingPool extends PostgresPool {
  /** The statements since the last call. */
  taken(): readonly PostgresQuery[];
}

/** Wraps a pool, and sees each statement as the driver gets it. */
export function spyingPool(pool: PostgresPool): SpyingPool {
  let sent: PostgresQuery[] = [];
  return {
    async connect() {
      const client = await pool.connect();
      return {
        query(query) {
          sent.push(query);
          return client.query(query);
        },
        on: (event, listener) => client.on(event, listener),
        removeListener: (event, listener) => client.removeListener(event, listener),
        release: (destroy) => client.release(destroy),
      };
    },
    taken() {
      const taken = sent;
      sent = [];
      return taken;
    },
  };
}
