import { isRequired, type PendingWrite } from './pending-write.js';

// Each write has up to six parameters, and a statement has room for 65,535.
const mostWrites = 500;
// Each of these is a part of the statement of its own.
const mostConditional = 16;

/**
 * Divides a commit into statements: one, if none of its writes touches what another is about; else one for each write.
 *
 * A statement sees the table as it was when it began, and runs its parts in the order of {@link rankOf}. So what depends on
 * another write of the same commit, or on another order, needs a statement of its own.
 */
export function groupsOf(writes: readonly PendingWrite[]): readonly (readonly PendingWrite[])[] {
  if (!isIndependent(writes)) return writes.map((write) => [write]);
  const groups: PendingWrite[][] = [];
  for (let from = 0; from < writes.length; from += mostWrites) {
    groups.push(writes.slice(from, from + mostWrites));
  }
  return groups;
}

/** The place of a write in the order in which a statement works. */
export function rankOf(write: PendingWrite): number {
  if (write.type === 'consume') return 0;
  if (write.type === 'put') return isRequired(write) ? 1 : 3;
  if (write.type === 'insert') return 2;
  return write.type === 'remove' ? 4 : 5;
}

function isIndependent(writes: readonly PendingWrite[]): boolean {
  if (writes.filter((write) => rankOf(write) < 2).length > mostConditional) return false;
  const byKind = new Map<string, PendingWrite[]>();
  for (const write of writes) {
    const others = byKind.get(write.kind);
    if (others) others.push(write);
    else byKind.set(write.kind, [write]);
  }
  return [...byKind.values()].every((some) => some.length === 1 || isIndependentInKind(some));
}

function isIndependentInKind(writes: readonly PendingWrite[]): boolean {
  const ids = new Set<string>();
  let removesAll = false;
  let takesUniqueValue = false;
  let lastRank = 0;
  let inOrder = true;
  for (const write of writes) {
    const rank = rankOf(write);
    inOrder &&= rank >= lastRank;
    lastRank = rank;
    if (write.type === 'removeAll') {
      removesAll = true;
      continue;
    }
    if (ids.has(write.id)) return false;
    ids.add(write.id);
    if ('unique' in write && write.unique.length > 0) takesUniqueValue = true;
  }
  if (removesAll && ids.size > 0) return false;
  // A unique value may pass from one record to another, so the order counts; that of plain writes in a statement is not known.
  return !takesUniqueValue || (inOrder && lastRank < 4);
}
