import type { PurgeResult } from '@gatehouse/core';
import type { Call } from './calls.js';
import { dateOf } from './documents.js';
import type { MongoCollection } from './driver.js';
import { isMarkerId } from './names.js';

// A batch is as large as the server removes quickly: what lives does not wait for what is dead.
const [smallest, largest] = [50, 1000];
const [quick, slow] = [100, 400];

/**
 * Removes what is past its time, in batches that end quickly: at most `limit` documents of the records and, once no more of those
 * are left, as many of the counters.
 */
export async function purgeExpired(call: Call, now: number, limit: number): Promise<PurgeResult> {
  const records = await purge(call, call.records, { sweepAt: { $lte: dateOf(now) } }, limit);
  if (records.more) return records;
  const counters = await purge(call, call.counters, { expire: { $lte: dateOf(now) } }, limit);
  return { removed: records.removed, more: counters.more };
}

async function purge(
  call: Call,
  collection: MongoCollection,
  expired: object,
  limit: number,
): Promise<PurgeResult> {
  let [removed, batch] = [0, 250];
  for (let looked = 0; looked < limit; ) {
    const size = Math.min(largest, limit - looked);
    const ids = await expiredIds(call, collection, expired, size);
    for (let from = 0; from < ids.length; ) {
      const some = ids.slice(from, from + batch);
      const started = performance.now();
      // One command. Again under the condition: a record that was found expired may have been replaced. One by one, since not
      // every server finds many ids beside a condition by index.
      const deletes = some.map((_id) => ({ deleteOne: { filter: { _id, ...expired } } }));
      const { deletedCount } = await call.send((options) =>
        collection.bulkWrite(deletes, { ...options, ordered: false }),
      );
      const markers = some.filter(isMarkerId).length;
      removed += Math.max(0, Math.min(deletedCount, some.length - markers));
      from += some.length;
      const took = performance.now() - started;
      if (took < quick) batch = Math.min(batch * 2, largest);
      if (took > slow) batch = Math.max(Math.ceil(batch / 2), smallest);
      call.renew();
    }
    looked += ids.length;
    if (ids.length < size) return { removed, more: false };
  }
  return { removed, more: true };
}

async function expiredIds(
  call: Call,
  collection: MongoCollection,
  expired: object,
  size: number,
): Promise<readonly string[]> {
  const options = { projection: { _id: 1 }, limit: size, batchSize: size };
  const found = await call.send((rest) =>
    collection.find(expired, { ...options, ...rest }).toArray(),
  );
  return (found as { readonly _id: string }[]).map(({ _id }) => _id);
}
