/** A statement, as `pg` takes it. */
export interface PostgresQuery {
  readonly text: string;
  readonly values?: unknown[];
  /** The server parses and plans a statement of this name once per connection. */
  readonly name?: string;
  readonly rowMode?: 'array';
  readonly types?: { getTypeParser(): (value: string | Uint8Array) => string };
}

/** What the store calls on a connection of a `pg` pool. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<{ readonly rows: readonly unknown[] }>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
  release(destroy?: boolean): void;
}

/**
 * What the store calls on the host's pool; a `Pool` of `pg` fits as it is.
 *
 * @group store
 */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
}

/** A pool that the store itself has made. */
export interface OwnPool extends PostgresPool {
  end(): Promise<void>;
}

/** Makes a pool on the host's copy of `pg`, which is loaded only when a store is made from a URI. */
export async function createPool(uri: string, timeoutMilliseconds: number): Promise<OwnPool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: uri,
    connectionTimeoutMillis: timeoutMilliseconds,
    keepAlive: true,
    application_name: 'gatehouse',
  });
  // A connection that is lost while it is idle is replaced at the next call; without a listener it would end the process.
  pool.on('error', () => {});
  return pool;
}
