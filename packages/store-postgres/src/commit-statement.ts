import type { Statement } from './connections.js';
import type { ConsumeWrite, PendingWrite, RecordWrite, RemoveAllWrite } from './pending-write.js';
import { isRequired } from './pending-write.js';
import { rankOf } from './commit-groups.js';
import { keyExpression } from './schema.js';
import { literal } from './text.js';

// Texts for more writes than this are too many to keep.
const mostPrepared = 16;

/** What the statement of a commit says, in its only column. */
export const HELD = 'held';

/** Collects parameters. */
type Parameter = (value: unknown, type: string) => string;

/**
 * One statement for writes that are independent of each other. Each precondition is one conditional update or insert, which runs
 * only when those before it held, and the plain writes run only when all did.
 *
 * It answers {@link HELD}, or that the first precondition failed and nothing was written. When a later one fails, what was
 * written must be undone: then it divides by zero (22012), which undoes it.
 */
export function commitStatement(
  table: string,
  writes: readonly PendingWrite[],
  now: number,
): Statement {
  const values: unknown[] = [];
  const parameter: Parameter = (value, type) => `$${values.push(value)}::${type}`;
  const sql = sqlOf(table, parameter(now, 'float8'), parameter);

  const parts: string[] = [];
  const required = partsOf(writes.filter(isRequired));
  for (const [n, some] of required.entries()) {
    const before = required[n - 1];
    const gate = before ? `(select count(*) from p${n - 1}) = ${before.length}` : 'true';
    parts.push(`p${n} as (${sql.part(some, gate)} returning 1)`);
  }
  const last = required.length - 1;
  const size = required[last]?.length ?? 0;
  const gate = last < 0 ? 'true' : `(select count(*) from p${last}) = ${size}`;
  for (const [n, some] of partsOf(writes.filter((write) => !isRequired(write))).entries()) {
    parts.push(`w${n} as (${sql.part(some, gate)})`);
  }
  const answer =
    last < 0
      ? `'${HELD}'`
      : `case when ${gate} then '${HELD}' when (select count(*) from p0) = 0 then 'failed'
  else (1 / (select count(*) * 0 from p0))::text end`;
  // A database that does not wait for the disk would forget, after a crash, that a code was used.
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
  const sorted = [...writes].sort((a, b) => rankOf(a) - rankOf(b));
  for (const [n, write] of sorted.entries()) {
    const rank = rankOf(write);
    const name = `${rank} ${rank < 2 ? n : rank > 3 ? write.kind : ''} ${keyOf(write)}`;
    const part = parts.get(name);
    if (part) part.push(write);
    else parts.set(name, [write]);
  }
  return [...parts.values()];
}

function keyOf(write: PendingWrite): string {
  return write.type === 'removeAll' ? write.key : '';
}

function sqlOf(
  table: string,
  now: string,
  parameter: Parameter,
): { part(writes: readonly PendingWrite[], gate: string): string } {
  const live = `(expires_at is null or expires_at > ${now})`;
  const text = (value: unknown): string => parameter(value, 'text');
  const expiry = (value: unknown): string => parameter(value, 'float8');
  const one = ({ kind, id }: { readonly kind: string; readonly id: string }): string =>
    `kind = ${text(kind)} and id = ${text(id)}`;

  function consume(write: ConsumeWrite, gate: string): string {
    const attempt = text(write.attempt);
    const keep = (column: string, value: string): string =>
      `${column} = case when consumed_attempt is null then ${value} else ${column} end`;
    return `update ${table} set ${keep('revision', 'revision + 1')}, consumed_attempt = ${attempt},
  ${keep('consumed_at', now)}, ${keep('receipt', text(write.receipt))},
  ${keep('expires_at', `coalesce(${expiry(write.expiresAt)}, expires_at)`)}
  where ${one(write)} and (consumed_attempt is null or consumed_attempt = ${attempt})
  and ${live} and ${gate}`;
  }

  function putIf(write: RecordWrite, gate: string): string {
    const { payload, keys, expiresAt, ifRevision } = write;
    return `update ${table} set payload = ${text(payload)}, keys = ${parameter(keys, 'jsonb')},
  expires_at = ${expiry(expiresAt)}, revision = revision + 1
  where ${one(write)} and revision = ${parameter(ifRevision, 'bigint')} and ${live} and ${gate}`;
  }

  function insert(writes: readonly RecordWrite[], gate: string): string {
    const rows = writes.map(({ kind, id, payload, keys, expiresAt }) => {
      const columns = [text(kind), text(id), text(payload), parameter(keys, 'jsonb')];
      return `(${[...columns, expiry(expiresAt)].join(', ')}, 1)`;
    });
    return `insert into ${table} as r (kind, id, payload, keys, expires_at, revision)
  select * from (values ${rows.join(',\n  ')}) as v where ${gate}
  on conflict (kind, id) do update set payload = excluded.payload, keys = excluded.keys,
  expires_at = excluded.expires_at,`;
  }

  // Over an expired record a new one begins; the row is only reused.
  const isNew = `r.expires_at <= ${now}`;
  const begin = `revision = 1, consumed_attempt = null, consumed_at = null, receipt = null
  where ${isNew}`;
  const replace = `revision = case when ${isNew} then 1 else r.revision + 1 end,
  ${['consumed_attempt', 'consumed_at', 'receipt']
    .map((column) => `${column} = case when ${isNew} then null else r.${column} end`)
    .join(', ')}`;

  return {
    part(writes, gate) {
      const [write] = writes as readonly [PendingWrite];
      if (write.type === 'consume') return consume(write, gate);
      if (write.type === 'put' && isRequired(write)) return putIf(write, gate);
      if (write.type === 'insert')
        return `${insert(writes as readonly RecordWrite[], gate)} ${begin}`;
      if (write.type === 'put')
        return `${insert(writes as readonly RecordWrite[], gate)} ${replace}`;
      // The index of a unique key is known to be usable only when the kind stands in the text.
      const from = `delete from ${table} where kind = ${literal(write.kind)}`;
      if (write.type === 'remove') {
        const ids = (writes as readonly { readonly id: string }[]).map(({ id }) => id);
        return `${from} and id = any(${parameter(ids, 'text[]')}) and ${gate}`;
      }
      const some = (writes as readonly RemoveAllWrite[]).map(({ value }) => value);
      const key = keyExpression(write.key);
      return `${from} and ${key} = any(${parameter(some, 'text[]')}) and ${gate}`;
    },
  };
}
