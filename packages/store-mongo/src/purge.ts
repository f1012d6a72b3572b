import type { PurgeResult } from '@gatehouse/core';
import type { Call } from './calls.js';
import { dateOf } from './documents.js';
import { isMarkerId } from './names.js';

// A batch is as large as the server removes quickly: what lives does not wait for what is dead.
const [smallest, largest] = [50, 1000];
const [quick, slow] = [100, 400];

/** Removes what is past its time, at most `limit` documents, in batches that end quickly. */
export async function purgeExpired(call: Call, now: number, limit: number): Promise<PurgeResult> {
  const expired = { sweepAt: { $lte: dateOf(now) } };
  let [removed, batch] = [0, 250];
  for (let looked = 0; looked < limit; ) {
    const started = performance.now();
    const size = Math.min(batch, limit - looked);
    const ids = await expiredIds(call, expired, size);
    if (ids.length > 0) {
      // Again under the condition: a record that was found expired may have been replaced.
      const condition = { ...expired, _id: { $in: ids } };
      const { deletedCount } = await call.send((options) =>
        call.records.deleteMany(condition, options),
      );
      const markers = ids.filter(isMarkerId).length;
      removed += Math.max(0, Math.min(deletedCount, ids.length - markers));
    }
    if (ids.length < size) return { removed, more: false };
    looked += ids.length;
    const took = performance.now() - started;
    if (took < quick) batch = Math.min(batch * 2, largest);
    if (took > slow) batch = Math.max(Math.ceil(batch / 2), smallest);
    call.renew();
  }
  return { removed, more: true };
}

async function expiredIds(call: Call, expired: object, size: number): Promise<readonly string[]> {
  const options = { projection: { _id: 1 }, limit: size, batchSize: size };
  const found = await call.send((rest) =>
    call.records.find(expired, { ...options, ...rest }).toArray(),
  );
  return (found as { readonly _id: string }[]).map(({ _id }) => _id);
}
