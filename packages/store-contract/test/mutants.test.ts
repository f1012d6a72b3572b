import { memoryStore } from '@gatehouse/store-memory';
import { consumeMutants } from './consume-mutants.js';
import { failuresOf, reasonsOf } from './failures-of.js';
import { limiterMutants, storeWithLimiter } from './limiter-mutants.js';
import { readMutants } from './read-mutants.js';
import { storeWithoutTransactions } from './store-without-transactions.js';
import { writeMutants } from './write-mutants.js';

const lacks = { processes: 'the records are those of one process' };

describe('the store contract', () => {
  beforeEach(() => {
    import.meta.jest.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => import.meta.jest.restoreAllMocks());

  it.each([...consumeMutants, ...writeMutants, ...readMutants])(
    'is not kept when $mistake',
    async ({ makeStore, caughtBy }) => {
      expect(await failuresOf({ makeStore }, { lacks })).toContain(caughtBy);
    },
  );

  // Their cases wait for the clock.
  it.each(limiterMutants)('is not kept when $mistake', async ({ makeStore, caughtBy }) => {
    const isWanted = (name: string): boolean => name === caughtBy;
    expect([...(await reasonsOf({ makeStore }, { lacks }, isWanted)).keys()]).toEqual([caughtBy]);
  });

  it('is kept by the stores that the mutants are made of', async () => {
    for (const makeStore of [memoryStore, storeWithLimiter]) {
      expect(await failuresOf({ makeStore: () => makeStore() }, { lacks })).toEqual([]);
    }
  });

  it('asks a store without transactions to say so, and for nothing else', async () => {
    const makeStore = storeWithoutTransactions;
    expect(await failuresOf({ makeStore }, { lacks })).toEqual([
      'a commit that conflicts leaves none of its preconditions either',
    ]);
    const transactions = 'preconditions go first, in order';
    expect(await failuresOf({ makeStore }, { lacks: { ...lacks, transactions } })).toEqual([]);
  });
});
