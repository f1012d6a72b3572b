import { setTimeout as delay } from 'node:timers/promises';
import {
  type Consumption,
  type Store,
  StoreConflict,
  type StoredRecord,
  type Write,
} from '@gatehouse/core';

/** A defect that a test plants, to see that an audit finds what comes of it. */
export type StoreFault =
  /** `consume` reads, waits and then writes, so that two callers win. */
  | 'double consume'
  /** Access tokens are acknowledged and not kept. */
  | 'lost access token'
  /** What is to be removed stays, and the grants of an account are not found. */
  | 'no removal'
  /** A record is consumed without the receipt. */
  | 'no receipt';

/** The store, with the defect. It works in one process. */
export function faultyStore(store: Store, fault: StoreFault): Store {
  const consumed = new Map<string, Consumption>();
  const keyOf = ({ kind, id }: { kind: string; id: string }): string => `${kind}\0${id}`;

  async function consumeTwice(writes: readonly Write[], now: number): Promise<Write[]> {
    for (const write of writes) {
      if (!('consume' in write)) continue;
      const { attempt, receipt } = write.consume;
      if (consumed.has(keyOf(write.consume))) throw new StoreConflict(write, 'consumed');
      await delay(20);
      const kept = receipt === undefined ? {} : { receipt };
      consumed.set(keyOf(write.consume), { attempt, at: now, ...kept });
    }
    return writes.filter((write) => !('consume' in write));
  }

  async function spoiled(writes: readonly Write[], now: number): Promise<readonly Write[]> {
    switch (fault) {
      case 'double consume':
        return consumeTwice(writes, now);
      case 'lost access token':
        return writes.filter(
          (write) => !('insert' in write && write.insert.kind === 'AccessToken'),
        );
      case 'no removal':
        return writes.filter((write) => !('remove' in write || 'removeAll' in write));
      case 'no receipt':
        return writes.map((write) => {
          if (!('consume' in write)) return write;
          const { receipt: _forgotten, ...consume } = write.consume;
          return { consume };
        });
    }
  }

  const view = (record: StoredRecord): StoredRecord => {
    const found = consumed.get(keyOf(record));
    return found ? { ...record, consumed: found } : record;
  };

  return {
    name: store.name,
    durable: store.durable,
    open: async (kinds) => store.open?.(kinds),
    close: async () => store.close?.(),
    async find(...args) {
      const record = await store.find(...args);
      return record && view(record);
    },
    async list(...args) {
      const page = await store.list(...args);
      // A server removes grants until it finds none.
      if (fault === 'no removal' && args[0] === 'Grant') return { records: [] };
      return { ...page, records: page.records.map(view) };
    },
    async commit(writes, now) {
      await store.commit(await spoiled(writes, now), now);
    },
  };
}
