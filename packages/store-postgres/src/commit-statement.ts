import { rankOf } from './commit-groups.js';
import type { Statement } from './connections.js';
import { isRequired, type PendingWrite } from './pending-write.js';
import { createParts } from './statement-parts.js';

// Texts for more writes than this are too many to keep.
const mostPrepared = 16;

/** What the statement of a commit answers when all of it held. */
export const HELD = 'held';

/**
 * One statement for writes that are independent of each other. Each precondition is one conditional update or insert, which runs
 * only when those before it held, and the plain writes run only when all did.
 *
 * It answers {@link HELD}, or that its first part failed and nothing was written. When a later part fails, what was written must
 * be undone: then it divides by zero (22012), which undoes it.
 */
export function commitStatement(
  table: string,
  writes: readonly PendingWrite[],
  now: number,
): Statement {
  const { sqlOf, values } = createParts(table, now);
  const required = partsOf(writes.filter(isRequired));
  const plain = partsOf(writes.filter((write) => !isRequired(write)));
  const all = (n: number): string => `(select count(*) from p${n}) = ${required[n]?.length}`;
  const last = required.length - 1;
  const parts = [
    ...required.map((part, n) => {
      return `p${n} as (${sqlOf(part, n === 0 ? 'true' : all(n - 1))} returning 1)`;
    }),
    ...plain.map((part, n) => `w${n} as (${sqlOf(part, last < 0 ? 'true' : all(last))})`),
  ];
  const conditional = `case when ${all(last)} then '${HELD}'
  when (select count(*) from p0) = 0 then 'failed'
  else (1 / (select count(*) * 0 from p0))::text end`;
  const answer = last < 0 ? `'${HELD}'` : conditional;
  // Without this wait for the disk, a database would forget in a crash that a code was used.
  const durable = `case current_setting('synchronous_commit') when 'off'
  then set_config('synchronous_commit', 'on', true) end`;
  const text = `with ${parts.join(',\n')}\nselect ${answer}, ${durable}`;
  return { text, values, prepare: writes.length <= mostPrepared };
}

/** Whether the first part of the statement is the first write alone, so that nothing but this write can have failed there. */
export function isAloneInFront(writes: readonly PendingWrite[]): boolean {
  const [front = []] = partsOf(writes.filter(isRequired));
  return front.length === 1 && front[0] === writes[0];
}

// A consume and a put with a revision are parts of their own; the others go together by what they are.
function partsOf(writes: readonly PendingWrite[]): readonly (readonly PendingWrite[])[] {
  const parts = new Map<string, PendingWrite[]>();
  for (const [n, write] of inLockOrder(writes).entries()) {
    const rank = rankOf(write);
    const alone = rank < 2 ? n : '';
    const target = rank > 3 ? [write.kind, 'key' in write ? write.key : ''] : [];
    const name = JSON.stringify([rank, alone, ...target]);
    const part = parts.get(name);
    if (part) part.push(write);
    else parts.set(name, [write]);
  }
  return [...parts.values()];
}

// Commits that lock the same records do so in the same order, where it makes no other difference: else each waits for the other.
function inLockOrder(writes: readonly PendingWrite[]): readonly PendingWrite[] {
  const isFree = writes.every((write) => !('unique' in write) || write.unique.length === 0);
  const byTarget = (a: PendingWrite, b: PendingWrite): number => {
    const [one, other] = [nameOf(a), nameOf(b)];
    return one < other ? -1 : Number(one > other);
  };
  return [...writes].sort((a, b) => rankOf(a) - rankOf(b) || (isFree ? byTarget(a, b) : 0));
}

function nameOf(write: PendingWrite): string {
  return `${write.kind} ${'id' in write ? write.id : write.value}`;
}
