import { createHash } from 'node:crypto';
import type { PostgresClient, PostgresPool, PostgresQuery } from './postgres-pool.js';

/** SQL with its parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Whether the server should keep its plan: for texts of which there are few. */
  readonly prepare?: boolean;
}

/** A row, every column as text. */
export type Row = readonly (string | null)[];

/** Sends a statement on the connection that was checked out. */
export type Send = (statement: Statement) => Promise<readonly Row[]>;

/** Access to the pool, within a time limit. */
export interface Connections {
  /** Checks a connection out for some work, and gives it back after. */
  use<Result>(work: (send: Send) => Promise<Result>, limitMilliseconds?: number): Promise<Result>;
  /** Resolves when no work is in flight. */
  idle(): Promise<void>;
}

// Every column arrives as text, whatever parsers the host has set, and also on a connection with `binary: true`.
const types = { getTypeParser: () => (value: string | Uint8Array) => value.toString() };

// A shape of a statement is kept by each connection for as long as it lives.
const mostPrepared = 400;

/** Makes the access to a pool. */
export function createConnections(
  pool: () => PostgresPool | Promise<PostgresPool>,
  { timeoutMilliseconds, prepare }: { timeoutMilliseconds: number; prepare: boolean },
): Connections {
  const names = new Map<string, string>();
  const running = new Set<Promise<unknown>>();

  function queryOf({ text, values, prepare: wanted }: Statement): PostgresQuery {
    const query: PostgresQuery = { text, values: [...values], rowMode: 'array', types };
    if (!prepare || !wanted) return query;
    let name = names.get(text);
    if (name === undefined) {
      if (names.size === mostPrepared) return query;
      name = `gatehouse_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
      names.set(text, name);
    }
    return { ...query, name };
  }

  async function use<Result>(
    work: (send: Send) => Promise<Result>,
    limitMilliseconds: number,
  ): Promise<Result> {
    const limit = startLimit(limitMilliseconds);
    try {
      const client = await checkOut(pool, limit);
      let usable = true;
      // Without a listener, a connection that breaks while it is checked out would end the process.
      const onError = (): void => {
        usable = false;
      };
      client.on('error', onError);
      try {
        return await work(async (statement) => {
          try {
            const { rows } = await limit.race(client.query(queryOf(statement)));
            return rows as readonly Row[];
          } catch (error) {
            // What did not come from the server, or ends the session, leaves a connection in an unknown state.
            usable &&= isAnswer(error);
            throw error;
          }
        });
      } finally {
        client.removeListener('error', onError);
        client.release(!usable);
      }
    } finally {
      limit.stop();
    }
  }

  return {
    use(work, limitMilliseconds = timeoutMilliseconds) {
      const result = use(work, limitMilliseconds);
      running.add(result);
      const end = (): void => void running.delete(result);
      result.then(end, end);
      return result;
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

/** Whether an error is the server's answer to a statement, so that the connection can be used again. */
export function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && !/^(57P|08)/.test(sqlState(error));
}

/** The code of an error of the server; empty for any other error. */
export function sqlState(error: unknown): string {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return '';
  return String(error.code);
}

interface Limit {
  race<Result>(work: Promise<Result>): Promise<Result>;
  stop(): void;
}

// A database that is stopped does not answer, and does not refuse either: the time limit is ours.
function startLimit(milliseconds: number): Limit {
  let late: Error | undefined;
  const waiting: ((error: Error) => void)[] = [];
  const timer = setTimeout(() => {
    late = new Error(`PostgreSQL did not answer within ${milliseconds} ms`);
    for (const giveUp of waiting) giveUp(late);
  }, milliseconds);
  return {
    race(work) {
      return new Promise((resolve, reject) => {
        waiting.push(reject);
        work.then(resolve, reject);
        if (late) reject(late);
      });
    },
    stop: () => clearTimeout(timer),
  };
}

async function checkOut(
  pool: () => PostgresPool | Promise<PostgresPool>,
  limit: Limit,
): Promise<PostgresClient> {
  const ready = pool();
  const connecting = 'connect' in ready ? ready.connect() : ready.then((made) => made.connect());
  try {
    return await limit.race(connecting);
  } catch (error) {
    // A connection that comes after all goes back to the pool.
    connecting.then(
      (client) => client.release(),
      () => {},
    );
    throw error;
  }
}
