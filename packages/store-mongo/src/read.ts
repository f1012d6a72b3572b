import type { RelatedRecords, StoredRecord } from '@gatehouse/core';
import type { Call } from './calls.js';
import { isLive, type RecordDocument, recordOf } from './documents.js';
import { isRefusal } from './failures.js';
import type { Path, Selection } from './select.js';
import { readRecord } from './slots.js';

interface Found {
  readonly document: RecordDocument | undefined;
  /** For each path what it leads to. */
  readonly related: readonly (readonly RecordDocument[])[];
}

/** Reads one record and those that its keys point to: in one command where the server can join, else in rounds. */
export async function readRelated(
  call: Call,
  selection: Selection,
  paths: readonly Path[],
  now: number,
): Promise<RelatedRecords | undefined> {
  const { document, related } = await read(call, selection, paths, now);
  const { kind, key } = selection;
  if (!isLive(document, now)) return undefined;
  // A marker may be ahead of its record, or behind.
  if (key !== undefined && document.keys[key.part] !== key.value) return undefined;
  const others = new Map<string, StoredRecord>();
  for (const [index, path] of paths.entries()) {
    for (const one of related[index] ?? []) {
      if (isLive(one, now)) others.set(one._id, recordOf(path.kind.kind, one));
    }
  }
  return { record: recordOf(kind.kind, document), related: [...others.values()] };
}

async function read(
  call: Call,
  selection: Selection,
  paths: readonly Path[],
  now: number,
): Promise<Found> {
  const simple = selection.key === undefined && paths.length === 0;
  if (simple || !call.joins) return readInRounds(call, selection, paths, now);
  try {
    return await join(call, selection, paths);
  } catch (error) {
    // What is related may be more than the server joins into one document.
    if (isRefusal(error)) return readInRounds(call, selection, paths, now);
    throw error;
  }
}

async function join(call: Call, { _id, key }: Selection, paths: readonly Path[]): Promise<Found> {
  const from = call.collectionName;
  const owner = { from, localField: 'owner', foreignField: '_id', as: 'found' };
  const at = key === undefined ? '' : 'found.';
  const stages = [
    { $match: { _id } },
    ...(key === undefined ? [] : [{ $lookup: owner }, { $unwind: '$found' }]),
    ...paths.flatMap(({ from: part, field, start }, index) => {
      const value = { $ifNull: [`$${at}keys.${part}`, ''] };
      const to = `to${index}`;
      return [
        { $addFields: { [to]: { $concat: [{ $literal: start }, value] } } },
        { $lookup: { from, localField: to, foreignField: field, as: `related${index}` } },
      ];
    }),
  ];
  const [row] = (await call.send((options) =>
    call.records.aggregate(stages, options).toArray(),
  )) as (RecordDocument & Record<string, unknown>)[];
  const document = key === undefined ? row : (row?.found as RecordDocument | undefined);
  const related = paths.map(({ from: part }, index) => {
    // Without the key the join looked for an empty value.
    const points = document !== undefined && Object.hasOwn(document.keys, part);
    return points ? (row?.[`related${index}`] as readonly RecordDocument[]) : [];
  });
  return { document, related };
}

async function readInRounds(
  call: Call,
  { _id, key }: Selection,
  paths: readonly Path[],
  now: number,
): Promise<Found> {
  const first = await readRecord(call, _id);
  const { owner } = (first ?? {}) as { readonly owner?: string };
  const document = key === undefined ? first : owner && (await readRecord(call, owner));
  if (!document || !isLive(document, now)) return { document: undefined, related: [] };
  const related = paths.map(async ({ from, field, start }) => {
    const value = document.keys[from];
    if (value === undefined) return [];
    const found = await call.send((options) =>
      call.records.find({ [field]: start + value }, { ...options, batchSize: 1000 }).toArray(),
    );
    return found as RecordDocument[];
  });
  return { document, related: await Promise.all(related) };
}
