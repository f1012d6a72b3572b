import assert from 'node:assert/strict';
import type { Write } from '@gatehouse/core';
import { contractKinds } from './fixtures.js';
import type { Call, Outcome } from './serve-store.js';
import type { StoreProcess } from './store-process.js';

/** Opens the stores of processes, all at once. */
export async function opened(peers: readonly StoreProcess[]): Promise<readonly StoreProcess[]> {
  const outcomes = await Promise.all(peers.map((peer) => one(peer, ['open', contractKinds])));
  outcomes.forEach(resultOf);
  return peers;
}

/** Makes one call. */
export async function one(peer: StoreProcess, call: Call): Promise<Outcome> {
  const [outcome] = await peer.run([call]);
  assert.ok(outcome, 'the process has ended');
  return outcome;
}

/** What a call gave; a conflict or an error fails the case. */
export function resultOf(outcome: Outcome): unknown {
  if ('conflict' in outcome) assert.fail(`the commit conflicts: ${outcome.conflict}`);
  if ('error' in outcome) assert.fail(outcome.error);
  return outcome.value;
}

/** In all processes at once, many callers commit; one must win, the others must conflict for the reason. */
export async function raceOf(
  peers: readonly StoreProcess[],
  callers: number,
  reason: string,
  now: number,
  writesOf: (caller: string) => readonly Write[],
): Promise<string> {
  const names = peers.map((_, p) => Array.from({ length: callers }, (__, n) => `${p}-${n}`));
  const startAt = Date.now() + 50;
  const outcomes = await Promise.all(
    peers.map((peer, p) => {
      const calls = (names[p] ?? []).map((caller): Call => ['commit', writesOf(caller), now]);
      return peer.run(calls, { startAt });
    }),
  );
  const winners = names.flatMap((some, p) => some.filter((_, n) => isValue(outcomes[p]?.[n])));
  assert.equal(winners.length, 1, `${winners.length} callers won`);
  for (const outcome of outcomes.flat()) {
    if (!isValue(outcome)) assert.deepEqual(outcome, { conflict: reason });
  }
  return winners[0] ?? '';
}

/** Whether a call neither conflicted nor failed. */
export function isValue(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && !('conflict' in outcome) && !('error' in outcome);
}
