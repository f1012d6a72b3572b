import type { Call } from './calls.js';
import { uniqueKeysOf } from './markers.js';
import type {
  ConsumeWrite,
  PendingWrite,
  RecordWrite,
  RemoveAllWrite,
  RemoveWrite,
} from './pending-write.js';
import { removeRecords } from './remove-records.js';
import { consumeRecord, insertRecords, putRecord } from './write-records.js';

/** Writes of one type that follow each other. */
type Group =
  | { readonly type: 'insert' | 'put'; readonly writes: RecordWrite[] }
  | { readonly type: 'consume'; readonly writes: ConsumeWrite[] }
  | { readonly type: 'remove'; readonly writes: (RemoveWrite | RemoveAllWrite)[] };

/** Applies a commit: the preconditions in order, and the rest only when all of them held. */
export async function applyCommit(
  call: Call,
  writes: { readonly required: readonly PendingWrite[]; readonly plain: readonly PendingWrite[] },
  now: number,
): Promise<void> {
  for (const group of [
    ...groupsOf(writes.required),
    ...groupsOf(likelyToFailFirst(writes.plain)),
  ]) {
    await applyGroup(call, group, now);
  }
}

async function applyGroup(call: Call, group: Group, now: number): Promise<void> {
  if (group.type === 'insert') return insertRecords(call, group.writes, now);
  if (group.type === 'remove') return removeRecords(call, group.writes);
  if (group.type === 'consume') {
    for (const write of group.writes) await consumeRecord(call, write, now);
    return;
  }
  const { writes } = group;
  if (writes.every(isApart)) {
    await Promise.all(writes.map((write) => putRecord(call, write, now)));
  } else {
    for (const write of writes) await putRecord(call, write, now);
  }
}

// Neither a condition, nor a unique value, nor another write of the same record.
function isApart(write: RecordWrite, index: number, all: readonly RecordWrite[]): boolean {
  const first = all.findIndex(({ _id }) => _id === write._id) === index;
  return first && write.ifRevision === undefined && uniqueKeysOf(write.kind).length === 0;
}

// A plain put can conflict too, with another record's unique value. Where nothing before it is about its kind, it goes first, and
// nothing is visible yet when it fails.
function likelyToFailFirst(plain: readonly PendingWrite[]): readonly PendingWrite[] {
  const goesFirst = (write: PendingWrite, index: number): boolean => {
    if (write.type !== 'put' || write.unique.size === 0) return false;
    return !plain.slice(0, index).some(({ kind, type }) => kind === write.kind && type !== 'put');
  };
  return [...plain.filter(goesFirst), ...plain.filter((write, index) => !goesFirst(write, index))];
}

function groupsOf(writes: readonly PendingWrite[]): readonly Group[] {
  const groups: Group[] = [];
  for (const write of writes) {
    const last = groups.at(-1);
    if ('content' in write) {
      if (last?.type === write.type) last.writes.push(write);
      else groups.push({ type: write.type, writes: [write] });
    } else if (write.type === 'consume') {
      if (last?.type === 'consume') last.writes.push(write);
      else groups.push({ type: 'consume', writes: [write] });
    } else if (last?.type === 'remove') {
      last.writes.push(write);
    } else {
      groups.push({ type: 'remove', writes: [write] });
    }
  }
  return groups;
}
