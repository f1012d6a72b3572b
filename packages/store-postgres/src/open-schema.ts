import type { Connections, Send } from './connections.js';
import { sqlState } from './connections.js';
import type { DeclaredKind } from './declared-kinds.js';
import { indexesOf, tableName, tableSql, uniqueIndexName } from './schema.js';

const openMilliseconds = 60_000;
const oldestVersion = 120_000;

/**
 * Makes what the schema lacks, and only then asks for the right to. Of many processes that start at once, one does it and the
 * others wait.
 */
export async function openSchema(
  { use }: Connections,
  prefix: string | undefined,
  kinds: readonly DeclaredKind[],
): Promise<void> {
  await use(async (send) => {
    await checkServer(send);
    if ((await missing(send, prefix, kinds)).length === 0) return;
    await send({ text: 'begin', values: [] });
    try {
      const lock = 'select pg_advisory_xact_lock(hashtext($1)::bigint)';
      await send({ text: lock, values: [tableName(prefix)] });
      for (const text of await missing(send, prefix, kinds)) await send({ text, values: [] });
      await send({ text: 'commit', values: [] });
    } catch (error) {
      await send({ text: 'rollback', values: [] }).catch(() => {});
      throw explained(error, prefix);
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

async function missing(
  send: Send,
  prefix: string | undefined,
  kinds: readonly DeclaredKind[],
): Promise<readonly string[]> {
  const table = tableName(prefix);
  const there = await send({
    text: `select c.relname, i.indisvalid::text from pg_index i
  join pg_class c on c.oid = i.indexrelid where i.indrelid = to_regclass($1)`,
    values: [table],
  });
  const known = new Map(there.map(([name, valid]) => [name, valid === 'true']));
  const statements = known.size === 0 ? [tableSql(table)] : [];
  for (const { name, sql } of indexesOf(prefix, kinds)) {
    if (known.get(name) === false) statements.push(`drop index "${name}"`);
    if (known.get(name) !== true) statements.push(sql);
  }
  for (const { kind, keys } of kinds) {
    for (const [key, { unique }] of keys) {
      // A key that was unique once must not go on to refuse.
      const name = uniqueIndexName(prefix, kind, key);
      if (!unique && known.has(name)) statements.push(`drop index "${name}"`);
    }
  }
  return statements;
}

function explained(error: unknown, prefix: string | undefined): unknown {
  const noRight = '42501';
  if (sqlState(error) !== noRight) return error;
  const message = `this role may not change ${tableName(prefix)}: run what postgresSchema() prints as one that may`;
  return new Error(message, { cause: error });
}
