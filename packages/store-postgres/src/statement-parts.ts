import type {
  ConsumeWrite,
  PendingWrite,
  RecordWrite,
  RemoveAllWrite,
  RemoveWrite,
} from './pending-write.js';
import { keyExpression } from './schema.js';
import { literal } from './text.js';

/** Makes the parts of one statement, and collects their parameters. */
export interface Parts {
  /** The SQL of writes of one sort, which runs only where the gate is open. */
  sqlOf(writes: readonly PendingWrite[], gate: string): string;
  readonly values: readonly unknown[];
}

const consumption: readonly string[] = ['consumed_attempt', 'consumed_at', 'receipt'];

/** Makes the parts of one statement, at one time. */
export function createParts(table: string, now: number): Parts {
  const values: unknown[] = [];
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const text = (value: unknown): string => parameter(value, 'text');
  const time = (value: unknown): string => parameter(value, 'numeric');
  const live = (): string => `(expires_at is null or expires_at > ${time(now)})`;
  const one = ({ kind, id }: { readonly kind: string; readonly id: string }): string =>
    `kind = ${text(kind)} and id = ${text(id)}`;

  // The same attempt again succeeds and changes nothing.
  function consume(write: ConsumeWrite, gate: string): string {
    const attempt = text(write.attempt);
    const set = (column: string, value: string): string =>
      `${column} = case when consumed_attempt is null then ${value} else ${column} end`;
    return `update "${table}" set consumed_attempt = ${attempt},
  ${set('revision', 'revision + 1')}, ${set('consumed_at', time(now))},
  ${set('receipt', text(write.receipt))},
  ${set('expires_at', `coalesce(${time(write.expiresAt)}, expires_at)`)}
  where ${one(write)} and (consumed_attempt is null or consumed_attempt = ${attempt})
  and ${live()} and ${gate}`;
  }

  function putIf(write: RecordWrite, gate: string): string {
    return `update "${table}" set payload = ${text(write.payload)},
  keys = ${parameter(write.keys, 'jsonb')}, expires_at = ${time(write.expiresAt)},
  revision = revision + 1 where ${one(write)}
  and revision = ${parameter(write.ifRevision, 'bigint')} and ${live()} and ${gate}`;
  }

  function upsert(writes: readonly RecordWrite[], gate: string, rest: string): string {
    const rows = writes.map(({ kind, id, payload, keys, expiresAt }) => {
      const columns = [text(kind), text(id), text(payload), parameter(keys, 'jsonb')];
      return `(${columns.join(', ')}, ${time(expiresAt)}, 1)`;
    });
    return `insert into "${table}" as r (kind, id, payload, keys, expires_at, revision)
  select * from (values ${rows.join(',\n  ')}) as v where ${gate}
  on conflict (kind, id) do update set payload = excluded.payload, keys = excluded.keys,
  expires_at = excluded.expires_at, ${rest}`;
  }

  // Over an expired record a new one begins; only the row is used again.
  const expired = (): string => `r.expires_at <= ${time(now)}`;

  function insert(writes: readonly RecordWrite[], gate: string): string {
    const reset = consumption.map((column) => `${column} = null`).join(', ');
    return upsert(writes, gate, `revision = 1, ${reset} where ${expired()}`);
  }

  function put(writes: readonly RecordWrite[], gate: string): string {
    const set = (column: string, fresh: string, kept: string): string =>
      `${column} = case when ${expired()} then ${fresh} else ${kept} end`;
    const kept = consumption.map((column) => set(column, 'null', `r.${column}`));
    return upsert(writes, gate, [set('revision', '1', 'r.revision + 1'), ...kept].join(', '));
  }

  function remove(writes: readonly (RemoveWrite | RemoveAllWrite)[], gate: string): string {
    const [{ kind, ...write }] = writes as readonly [RemoveWrite | RemoveAllWrite];
    const column = write.type === 'remove' ? 'id' : keyExpression(write.key);
    const wanted = writes.map((each) => (each.type === 'remove' ? each.id : each.value));
    // The kind stands in the text, so that the index of a unique key is known to be usable.
    return `delete from "${table}" where kind = ${literal(kind)}
  and ${column} = any(${parameter(wanted, 'text[]')}) and ${gate}`;
  }

  return {
    values,
    sqlOf(writes, gate) {
      const [write] = writes as readonly [PendingWrite];
      if (write.type === 'consume') return consume(write, gate);
      if (!('payload' in write)) return remove(writes as readonly RemoveWrite[], gate);
      if (write.ifRevision !== undefined) return putIf(write, gate);
      const records = writes as readonly RecordWrite[];
      return write.type === 'insert' ? insert(records, gate) : put(records, gate);
    },
  };
}
