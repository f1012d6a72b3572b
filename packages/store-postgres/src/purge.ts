import { checkCount, checkNumber, type PurgeResult } from '@gatehouse/core';
import type { Connections } from './connections.js';
import { repeated } from './repeated.js';
import type { TableNames } from './schema.js';

// A batch is short, so it holds its locks for a moment and never comes near the time limit.
const batch = 1000;

/**
 * Removes expired records and, once no more of those are left, as many counters, in batches, past those that another process is
 * removing or reviving.
 */
export async function purgeExpired(
  connections: Connections,
  tables: TableNames,
  now: number,
  limit: number,
): Promise<PurgeResult> {
  checkNumber(now, 'now');
  checkCount(limit, 'limit');
  const records = await purgeTable(
    connections,
    tables.records,
    ['expires_at', 'numeric'],
    now,
    limit,
  );
  if (records.more) return records;
  const counters = await purgeTable(
    connections,
    tables.counters,
    ['expire', 'bigint'],
    Math.floor(now * 1000),
    limit,
  );
  return { removed: records.removed, more: counters.more };
}

async function purgeTable(
  { use }: Connections,
  table: string,
  [column, type]: readonly [column: string, type: string],
  now: number,
  limit: number,
): Promise<PurgeResult> {
  const text = `with gone as (delete from "${table}" where ctid = any(array(
  select ctid from "${table}" where ${column} <= $1::${type}
  order by ${column} limit $2::bigint for update skip locked)) returning 1)
select count(*)::text from gone`;
  let removed = 0;
  while (removed < limit) {
    const size = Math.min(batch, limit - removed);
    const [row] = await use((send) => repeated(() => send({ text, values: [now, size] })));
    const count = Number(row?.[0]);
    removed += count;
    if (count < size) return { removed, more: false };
  }
  return { removed, more: true };
}
