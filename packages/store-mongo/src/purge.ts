import type { PurgeResult } from '@gatehouse/core';
import type { Call } from './calls.js';
import { dateOf } from './documents.js';
import { isMarkerId } from './names.js';

const batch = 1000;

/** Removes what is past its time, at most `limit` documents, in batches that end quickly. */
export async function purgeExpired(call: Call, now: number, limit: number): Promise<PurgeResult> {
  const expired = { sweepAt: { $lte: dateOf(now) } };
  let removed = 0;
  for (let looked = 0; looked < limit; ) {
    const size = Math.min(batch, limit - looked);
    const options = { projection: { _id: 1 }, limit: size, batchSize: size };
    const found = (await call.send((rest) =>
      call.records.find(expired, { ...options, ...rest }).toArray(),
    )) as { readonly _id: string }[];
    if (found.length === 0) return { removed, more: false };
    const ids = found.map(({ _id }) => _id);
    const _id = { $in: ids };
    // Again under the condition: a record that was found expired may have been replaced.
    const { deletedCount } = await call.send((rest) =>
      call.records.deleteMany({ _id, ...expired }, rest),
    );
    const markers = ids.filter(isMarkerId).length;
    removed += Math.max(0, Math.min(deletedCount, found.length - markers));
    looked += found.length;
    if (found.length < size) return { removed, more: false };
    call.renew();
  }
  return { removed, more: true };
}
