import { memoryStore } from '@gatehouse/store-memory';
import { consumeMutants } from './consume-mutants.js';
import { failuresOf } from './failures-of.js';
import { readMutants } from './read-mutants.js';
import { storeWithoutTransactions } from './store-without-transactions.js';
import { writeMutants } from './write-mutants.js';

describe('the store contract', () => {
  it.each([...consumeMutants, ...writeMutants, ...readMutants])(
    'is not kept when $mistake',
    async ({ makeStore, caughtBy }) => {
      expect(await failuresOf({ makeStore })).toContain(caughtBy);
    },
  );

  it('is kept by the store that the mutants are made of', async () => {
    expect(await failuresOf({ makeStore: () => memoryStore() })).toEqual([]);
  });

  it('asks a store without transactions for one skip alone', async () => {
    expect(await failuresOf({ makeStore: storeWithoutTransactions })).toEqual([
      'a commit that conflicts leaves none of its preconditions either',
    ]);
  });
});
