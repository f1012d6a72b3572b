import type { Call } from './calls.js';
import type { RecordDocument } from './documents.js';
import { markersOf, removeMarkers, uniqueKeysOf } from './markers.js';
import type { RemoveAllWrite, RemoveWrite } from './pending-write.js';

type Holding = Pick<RecordDocument, '_id' | 'keys' | 'holders'>;

const batch = 250;
const projection = { keys: 1, holders: 1 };

/** Removes records: those without markers in one command, whatever selects them. */
export async function removeRecords(
  call: Call,
  writes: readonly (RemoveWrite | RemoveAllWrite)[],
): Promise<void> {
  const ids: string[] = [];
  const entries: string[] = [];
  for (const write of writes) {
    if (uniqueKeysOf(write.kind).length > 0) continue;
    if (write.type === 'remove') ids.push(write._id);
    else entries.push(write.entry);
  }
  const byId = ids.length > 0 && { _id: { $in: ids } };
  const byEntry = entries.length > 0 && { index: { $in: entries } };
  const condition = byId && byEntry ? { $or: [byId, byEntry] } : byId || byEntry;
  if (condition) await call.send((options) => call.records.deleteMany(condition, options));
  for (const write of writes) {
    if (uniqueKeysOf(write.kind).length === 0) continue;
    if (write.type === 'remove') await removeOne(call, write);
    else await removeByEntry(call, write);
  }
}

// The marker goes after its record, and only if it is still that of this record. A crash in between leaves one that the next
// writer of the value takes over.
async function removeOne(call: Call, { kind, _id }: RemoveWrite): Promise<void> {
  const removed = (await call.send((options) =>
    call.records.findOneAndDelete(
      { _id },
      { ...options, includeResultMetadata: false, projection },
    ),
  )) as Holding | null;
  if (removed !== null) await removeMarkers(call, markersOf(kind.kind, removed));
}

async function removeByEntry(call: Call, { kind, entry }: RemoveAllWrite): Promise<void> {
  const unmarked = { index: entry, holders: null };
  await call.send((options) => call.records.deleteMany(unmarked, options));
  for (;;) {
    const found = await holdingsOf(call, { index: entry });
    if (found.length === 0) return;
    const _id = { $in: found.map((record) => record._id) };
    await call.send((options) => call.records.deleteMany({ index: entry, _id }, options));
    // A record that got another value of the key meanwhile stays, and so does its marker.
    const stays = new Set((await holdingsOf(call, { _id })).map((record) => record._id));
    const gone = found.filter((record) => !stays.has(record._id));
    await removeMarkers(
      call,
      gone.flatMap((record) => markersOf(kind.kind, record)),
    );
    if (found.length < batch) return;
    call.renew();
  }
}

async function holdingsOf(call: Call, condition: object): Promise<readonly Holding[]> {
  const options = { projection, limit: batch, batchSize: batch };
  const found = await call.send((rest) =>
    call.records.find(condition, { ...options, ...rest }).toArray(),
  );
  return found as Holding[];
}
