import pg from 'pg';
import {
  type FlowRounds,
  overBudget,
  roundsTable,
  walkRounds,
} from '../../core/test/flow-rounds.js';
import { type RoundCounter, roundCounter } from '../../core/test/round-counter.js';
import { describeOnPostgres } from '../../../scripts/testing/postgres.js';
import { removeTables } from '../test/remove-tables.js';
import { postgresStore } from './index.js';

/** A pool whose connections report each query; begin and commit of a transaction are queries like any other. */
function countingPool(uri: string, counter: RoundCounter): pg.Pool {
  class CountingClient extends pg.Client {
    override query(...args: readonly unknown[]): never {
      const end = counter.start();
      const answer = Reflect.apply(super.query, this, args) as Promise<unknown> | undefined;
      // The pool's own way of asking has a callback and no promise; the store never takes it.
      answer?.then(end, end);
      return answer as never;
    }
  }
  return new pg.Pool({ connectionString: uri, Client: CountingClient });
}

describeOnPostgres('the sequential rounds of each flow, by the statements,', (server) => {
  const prefix = `rounds${process.pid}_`;
  let counted: FlowRounds;
  beforeAll(async () => {
    const counter = roundCounter();
    const pool = countingPool(server().uri, counter);
    // What is asked at once does not wait for a connection to be made.
    const clients = await Promise.all(Array.from({ length: 8 }, () => pool.connect()));
    for (const client of clients) client.release();
    const store = postgresStore({ pool, prefix });
    try {
      counted = await walkRounds(counter, { store, before: [counter.middleware] });
    } finally {
      await removeTables(pool, prefix);
      await pool.end();
    }
    process.stderr.write(roundsTable('PostgreSQL', counted));
  }, 60_000);

  it('are counted', () => {
    expect(counted['introspection: opaque']).toBeGreaterThan(0);
    expect(counted['code exchange: JWT']).toBeGreaterThan(1);
  });

  it('are within the budgets', () => {
    expect(overBudget(counted)).toEqual([]);
  });
});
