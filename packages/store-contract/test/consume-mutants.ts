import { setImmediate as turn } from 'node:timers/promises';
import { type Store, StoreConflict, type Write } from '@gatehouse/core';
import { type Mutant, mutate } from './mutant.js';

/** Mistakes about single use. */
export const consumeMutants: readonly Mutant[] = [
  {
    mistake: 'a consume looks, and then writes',
    caughtBy: 'of 50 consumes at once one wins, and its answer stays',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        await checkConsumed(store, writes, now, (consumed, attempt) => consumed !== attempt);
        await store.commit(writes, now).catch((error) => {
          if (error.reason !== 'consumed') throw error;
        });
      },
    })),
  },
  {
    mistake: 'the same attempt is refused',
    caughtBy: 'a consume by the same attempt succeeds again and changes nothing',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        await checkConsumed(store, writes, now, (consumed) => consumed !== undefined);
        await store.commit(writes, now);
      },
    })),
  },
  {
    mistake: 'the receipt comes after the consume',
    caughtBy: 'whoever sees a record consumed sees the receipt',
    makeStore: mutate((store) => {
      const receipts = new Map<string, string>();
      return {
        async commit(writes, now) {
          await store.commit(writes, now);
          await turn();
          for (const write of writes) {
            if (!('consume' in write) || write.consume.receipt === undefined) continue;
            receipts.set(write.consume.id, write.consume.receipt);
          }
        },
        async find(...args) {
          const found = await store.find(...args);
          if (found?.consumed === undefined) return found;
          const { attempt, at } = found.consumed;
          const receipt = receipts.get(found.id);
          return { ...found, consumed: { attempt, at, ...(receipt && { receipt }) } };
        },
      };
    }),
  },
  {
    mistake: 'a consume does not look at the expiry',
    caughtBy: 'a consume of an expired record conflicts, even for the attempt that won',
    makeStore: mutate((store) => ({
      commit: (writes, now) =>
        store.commit(writes, writes.some((write) => 'consume' in write) ? 0 : now),
    })),
  },
  {
    mistake: 'a consume by a clock that is behind is not seen as one of before',
    caughtBy: 'of callers whose clocks are minutes apart one wins, now and later',
    makeStore: mutate((store) => ({
      async commit(writes, now) {
        await store.commit(writes, now).catch(async (error) => {
          if (error.reason !== 'consumed') throw error;
          const { kind, id } = error.write.consume;
          const found = await store.find(kind, { id }, now);
          if (found?.consumed && found.consumed.at <= now) throw error;
        });
      },
    })),
  },
];

async function checkConsumed(
  store: Store,
  writes: readonly Write[],
  now: number,
  conflicts: (consumedBy: string | undefined, attempt: string) => boolean,
): Promise<void> {
  for (const write of writes) {
    if (!('consume' in write)) continue;
    const found = await store.find(write.consume.kind, write.consume, now);
    if (found?.consumed && conflicts(found.consumed.attempt, write.consume.attempt)) {
      throw new StoreConflict(write, 'consumed');
    }
  }
}
