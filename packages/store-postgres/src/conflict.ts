import type { ConflictReason } from '@gatehouse/core';
import type { Send } from './connections.js';
import type { PendingWrite } from './pending-write.js';
import { keyExpression } from './schema.js';
import { literal } from './text.js';

/** Why a precondition did not hold; nothing when it would hold now. */
export async function conflictOf(
  send: Send,
  table: string,
  write: PendingWrite,
  now: number,
): Promise<ConflictReason | undefined> {
  if (write.type === 'removeAll' || write.type === 'remove') return undefined;
  const [found] = await send({
    text: `select revision::text, consumed_attempt from "${table}"
  where kind = $1 and id = $2 and (expires_at is null or expires_at > $3::numeric)`,
    values: [write.kind, write.id, now],
  });
  if (write.type === 'insert') return found ? 'exists' : undefined;
  if (found === undefined) return 'gone';
  const [revision, attempt] = found;
  if (write.type === 'consume') {
    return attempt === null || attempt === write.attempt ? undefined : 'consumed';
  }
  return Number(revision) === write.ifRevision ? undefined : 'revision';
}

/** Removes expired records that still hold a unique value which a write is about to take. */
export async function freeUniqueValues(
  send: Send,
  table: string,
  write: PendingWrite,
  now: number,
): Promise<void> {
  if (write.type !== 'insert' && write.type !== 'put') return;
  for (const key of write.unique) {
    await send({
      text: `delete from "${table}" where kind = ${literal(write.kind)}
  and ${keyExpression(key)} = $1 and id <> $2 and expires_at <= $3::numeric`,
      values: [write.values.get(key), write.id, now],
    });
  }
}
