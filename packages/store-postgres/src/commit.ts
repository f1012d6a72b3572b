import { StoreConflict } from '@gatehouse/core';
import { groupsOf } from './commit-groups.js';
import { commitStatement, HELD, isAloneInFront } from './commit-statement.js';
import { conflictOf, freeUniqueValues } from './conflict.js';
import { type Connections, type Send, sqlState, type Statement } from './connections.js';
import { isPassing, mostTries, repeated } from './repeated.js';
import type { PendingWrite } from './pending-write.js';

// Whatever the pool's default is, each statement must see what was committed before it. A process that stops in the middle does
// not hold its locks for ever.
const begin = `begin isolation level read committed;
set local idle_in_transaction_session_timeout = 10000`;

const divisionByZero = '22012';
const uniqueViolation = '23505';

/** A commit that is about to be sent. */
export interface Commit {
  readonly table: string;
  readonly writes: readonly PendingWrite[];
  readonly now: number;
}

/**
 * Applies a commit: as one statement where its writes are independent, which is one round trip. Whatever hinders that one is
 * found out in a transaction, write by write, so that the conflict names the first write that failed.
 */
export async function applyCommit({ use }: Connections, commit: Commit): Promise<void> {
  const { writes } = commit;
  if (writes.length === 0) return;
  const groups = groupsOf(writes);
  const single = writes.map((write) => [write]);
  await use(async (send) => {
    const held =
      groups.length === 1 ? await applyAtOnce(send, commit) : await transact(send, commit, groups);
    if (!held) await transact(send, commit, single);
  });
}

// Outside of a transaction a statement is its own.
async function applyAtOnce(send: Send, commit: Commit): Promise<boolean> {
  const { table, writes, now } = commit;
  let outcome: Outcome;
  try {
    outcome = await outcomeOf(send, commitStatement(table, writes, now));
  } catch (error) {
    if (isPassing(error)) return false;
    throw error;
  }
  if (outcome === 'held') return true;
  const [first] = writes;
  if (outcome === 'failed' && first && isAloneInFront(writes)) {
    // It was this one, and nothing was written: the reason is all that is missing.
    await checkConflict(send, commit, first);
  }
  return false;
}

function transact(
  send: Send,
  commit: Commit,
  groups: readonly (readonly PendingWrite[])[],
): Promise<boolean> {
  return repeated(async () => {
    await send(plain(begin));
    try {
      const held = await applyInTurn(send, commit, groups);
      await send(plain(held ? 'commit' : 'rollback'));
      return held;
    } catch (error) {
      await send(plain('rollback')).catch(() => {});
      throw error;
    }
  });
}

/** Whether all groups held. With groups of one write, a conflict is thrown. */
async function applyInTurn(
  send: Send,
  commit: Commit,
  groups: readonly (readonly PendingWrite[])[],
): Promise<boolean> {
  const { table, now } = commit;
  for (const group of groups) {
    const [write] = group;
    if (write === undefined) continue;
    for (let tries = 1; ; tries += 1) {
      if (group.length === 1) await freeUniqueValues(send, table, write, now);
      const outcome = await outcomeOf(send, commitStatement(table, group, now));
      if (outcome === 'held') break;
      if (group.length > 1) return false;
      if (outcome === 'taken') throw new StoreConflict(write.given, 'exists');
      await checkConflict(send, commit, write);
      // What stood in the way has gone meanwhile.
      if (tries === mostTries) throw new Error('a commit is hindered again and again');
    }
  }
  return true;
}

async function checkConflict(send: Send, commit: Commit, write: PendingWrite): Promise<void> {
  const reason = await conflictOf(send, commit.table, write, commit.now);
  if (reason !== undefined) throw new StoreConflict(write.given, reason);
}

/** `failed`: the first part did, and nothing was written. `undone`: a later part did. `taken`: a unique value is. */
type Outcome = 'held' | 'failed' | 'undone' | 'taken';

async function outcomeOf(send: Send, statement: Statement): Promise<Outcome> {
  try {
    const [row] = await send(statement);
    return row?.[0] === HELD ? 'held' : 'failed';
  } catch (error) {
    if (sqlState(error) === divisionByZero) return 'undone';
    if (sqlState(error) === uniqueViolation) return 'taken';
    throw error;
  }
}

function plain(text: string): Statement {
  return { text, values: [] };
}
