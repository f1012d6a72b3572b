import mongoose from 'mongoose';
import {
  type FlowRounds,
  overBudget,
  roundsTable,
  walkRounds,
} from '../../core/test/flow-rounds.js';
import { roundCounter } from '../../core/test/round-counter.js';
import { describeOnMongo } from '../../../scripts/testing/mongo.js';
import { mongoStore } from './index.js';

// What is asked at once does not wait for a connection to be made.
const width = 8;

describeOnMongo('the sequential rounds of each flow, by the monitor of the driver,', (server) => {
  let counted: FlowRounds;
  beforeAll(async () => {
    const options = { monitorCommands: true, minPoolSize: width, maxPoolSize: width };
    const connection = mongoose.createConnection(server().uri, options);
    await connection.asPromise();
    await Promise.all(
      Array.from({ length: 50 * width }, () => connection.db?.command({ ping: 1 })),
    );
    const counter = roundCounter();
    const running = new Map<unknown, () => void>();
    const end = ({ requestId }: { requestId: unknown }): void => {
      running.get(requestId)?.();
      running.delete(requestId);
    };
    connection
      .getClient()
      .on('commandStarted', ({ requestId }) => {
        running.set(requestId, counter.start());
      })
      .on('commandSucceeded', end)
      .on('commandFailed', end);
    const store = mongoStore({ connection, prefix: `rounds${process.pid}_` });
    try {
      counted = await walkRounds(counter, { store, before: [counter.middleware] });
    } finally {
      await connection.close();
    }
    process.stderr.write(roundsTable('MongoDB', counted));
  }, 60_000);

  it('are counted', () => {
    expect(counted['introspection: opaque']).toBeGreaterThan(0);
    expect(counted['code exchange: JWT']).toBeGreaterThan(1);
  });

  it('are within the budgets', () => {
    expect(overBudget(counted)).toEqual([]);
  });
});
