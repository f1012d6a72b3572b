import type { DeclaredKind } from '@gatehouse/core';
import type { Connections, Send } from './connections.js';
import { sqlState } from './connections.js';
import {
  countersIndex,
  countersSql,
  type IndexDefinition,
  indexesOf,
  recordsSql,
  tableNames,
  uniqueIndexName,
} from './schema.js';

const openMilliseconds = 60_000;
const oldestVersion = 120_000;
const noRight = '42501';

/** What {@link openSchema} is to make, and whether it may. */
export interface WantedSchema {
  readonly prefix: string;
  readonly kinds: readonly DeclaredKind[];
  readonly create: boolean;
}

/**
 * Makes what the schema lacks, and only then asks for the right to. Of many processes that start at once, one does it and the
 * others wait.
 */
export async function openSchema({ use }: Connections, wanted: WantedSchema): Promise<void> {
  await use(async (send) => {
    await checkServer(send);
    const statements = await missing(send, wanted);
    if (statements.length === 0) return;
    if (!wanted.create) throw lacking(statements);
    try {
      await send({ text: 'begin', values: [] });
      const lock = 'select pg_advisory_xact_lock(hashtext($1)::bigint)';
      await send({ text: lock, values: [tableNames(wanted.prefix).records] });
      for (const text of await missing(send, wanted)) await send({ text, values: [] });
      await send({ text: 'commit', values: [] });
    } catch (error) {
      await send({ text: 'rollback', values: [] }).catch(() => {});
      throw sqlState(error) === noRight ? lacking(statements, error) : error;
    }
  }, openMilliseconds);
}

async function checkServer(send: Send): Promise<void> {
  const [row = []] = await send({
    text: `select current_setting('server_version_num'), current_setting('server_encoding'),
  pg_is_in_recovery()::text`,
    values: [],
  });
  const [version, encoding, standby] = row;
  if (Number(version) < oldestVersion) throw new Error('PostgreSQL must be version 12 or later');
  if (encoding !== 'UTF8') throw new Error(`the database must be UTF8, and is ${encoding}`);
  if (standby !== 'false') {
    throw new Error('the store must be on the primary, and this is a standby');
  }
}

async function missing(send: Send, { prefix, kinds }: WantedSchema): Promise<readonly string[]> {
  const { records, counters } = tableNames(prefix);
  const known = await indexesOn(send, records);
  const statements = known.size === 0 ? [recordsSql(records)] : [];
  const add = ({ name, sql }: IndexDefinition, there: Indexes): void => {
    if (there.get(name) === false) statements.push(`drop index "${name}"`);
    if (there.get(name) !== true) statements.push(sql);
  };
  for (const index of indexesOf(prefix, kinds)) add(index, known);
  for (const { kind, keys } of kinds) {
    for (const [key, { unique }] of keys) {
      // A key that was unique once must not go on to refuse.
      const name = uniqueIndexName(prefix, kind, key);
      if (!unique && known.has(name)) statements.push(`drop index "${name}"`);
    }
  }
  const onCounters = await indexesOn(send, counters);
  if (onCounters.size === 0) statements.push(countersSql(counters));
  add(countersIndex(counters), onCounters);
  return statements;
}

/** The names of the indexes of a table, and whether each is whole. */
type Indexes = ReadonlyMap<string | null | undefined, boolean>;

async function indexesOn(send: Send, table: string): Promise<Indexes> {
  const there = await send({
    text: `select c.relname, i.indisvalid::text from pg_index i
  join pg_class c on c.oid = i.indexrelid where i.indrelid = to_regclass($1)`,
    values: [`"${table}"`],
  });
  return new Map(there.map(([name, valid]) => [name, valid === 'true']));
}

function lacking(statements: readonly string[], cause?: unknown): Error {
  const sql = statements.map((text) => `${text};`).join('\n\n');
  return new Error(`the database lacks a part of the schema; run this SQL on it:\n\n${sql}\n`, {
    cause,
  });
}
