import type { PostgresClient, PostgresPool, PostgresQuery } from '../src/index.js';

/** A pool that remembers what was sent to the driver. */
export interface SpyingPool extends PostgresPool {
  /** The statements since the last call. */
  taken(): readonly PostgresQuery[];
}

/** Wraps a pool, and sees each statement as the driver gets it; something may happen before it is sent. */
export function spyingPool(
  pool: PostgresPool,
  before: (client: PostgresClient) => Promise<void> = async () => {},
): SpyingPool {
  let sent: PostgresQuery[] = [];
  return {
    async connect() {
      const client = await pool.connect();
      return {
        async query(query) {
          sent.push(query);
          await before(client);
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
