import { createHash } from 'node:crypto';
import { checkString, type DeclaredKind, type KindDeclaration, readKinds } from '@gatehouse/core';
import { checkName, literal } from './text.js';

/**
 * What {@link postgresSchema} prints the SQL for.
 *
 * @group store
 */
export interface PostgresSchemaOptions {
  /**
   * Begins the name of the table and of its indexes.
   *
   * @default 'gatehouse_'
   */
  readonly prefix?: string;
  /** The kinds that the server and its plugins declare. */
  readonly kinds: readonly KindDeclaration[];
}

/** A part of the schema that is there or not. */
export interface IndexDefinition {
  readonly name: string;
  readonly sql: string;
}

/**
 * The SQL that `open` runs, for teams that migrate by hand. It can be run again, and after the kinds have changed.
 *
 * @param options - The prefix of the store, and its kinds.
 * @returns Statements, each ended by a semicolon.
 * @example
 * ```ts
 * console.log(postgresSchema({ kinds: [{ kind: 'Note', keys: { accountId: {} } }] }));
 * ```
 * @group store
 */
export function postgresSchema({ prefix = 'gatehouse_', kinds }: PostgresSchemaOptions): string {
  const { records, counters } = tableNames(prefix);
  const statements = [
    recordsSql(records),
    ...indexesOf(prefix, readKinds(kinds, { checkName })).map(({ sql }) => sql),
    countersSql(counters),
    countersIndex(counters).sql,
  ];
  return statements.map((sql) => `${sql};\n`).join('\n');
}

/** The names of a store's tables, unquoted. */
export interface TableNames {
  readonly records: string;
  readonly counters: string;
}

/** The tables of a prefix. Refuses one that needs care in SQL, or leaves the names of indexes no room. */
export function tableNames(prefix: string): TableNames {
  checkString(prefix, 'prefix');
  if (!/^[a-z_][a-z0-9_]{0,23}$/.test(prefix)) {
    throw new TypeError('prefix must be 1 to 24 of a-z, 0-9 and _, and not begin with a digit');
  }
  return { records: `${prefix}records`, counters: `${prefix}counters` };
}

/** The table of records. Order and comparison are those of the bytes, so no update of the system's collations can break an index. */
export function recordsSql(table: string): string {
  return `create table if not exists "${table}" (
  kind text collate "C" not null,
  id text collate "C" not null,
  payload text not null,
  keys jsonb not null,
  revision bigint not null,
  expires_at numeric,
  consumed_attempt text collate "C",
  consumed_at numeric,
  receipt text,
  primary key (kind, id)
)`;
}

/** The table of counters. A row is a key of one limit, and does not say whom it counts. */
export function countersSql(table: string): string {
  return `create table if not exists "${table}" (
  key text collate "C" primary key,
  points integer not null,
  expire bigint
)`;
}

/** The index by which counters are purged. */
export function countersIndex(table: string): IndexDefinition {
  const name = `${table}_expiry`;
  return { name, sql: `create index if not exists "${name}" on "${table}" (expire)` };
}

/** The value of a key, as the indexes hold it. */
export function keyExpression(key: string, table = ''): string {
  return `(${table}keys ->> ${literal(key)}) collate "C"`;
}

/** One index for each name of a key, over all kinds; one for each unique key; and one for what will expire. */
export function indexesOf(
  prefix: string,
  kinds: readonly DeclaredKind[],
): readonly IndexDefinition[] {
  const { records } = tableNames(prefix);
  const indexes = new Map<string, IndexDefinition>();
  const add = (name: string, definition: string, unique = ''): void => {
    const sql = `create ${unique}index if not exists "${name}" on "${records}" ${definition}`;
    indexes.set(name, { name, sql });
  };
  add(`${prefix}expiry`, '(expires_at) where expires_at is not null');
  for (const { kind, keys } of kinds) {
    for (const [key, { unique }] of keys) {
      const value = keyExpression(key);
      const there = `keys ->> ${literal(key)} is not null`;
      if (unique) {
        const definition = `((${value})) where kind = ${literal(kind)} and ${there}`;
        add(uniqueIndexName(prefix, kind, key), definition, 'unique ');
      } else {
        add(nameOf(prefix, 'by', key), `(kind, (${value}), id) where ${there}`);
      }
    }
  }
  return [...indexes.values()];
}

/** The name of the index that makes a key unique. */
export function uniqueIndexName(prefix: string, kind: string, key: string): string {
  return nameOf(prefix, 'one', kind, key);
}

// PostgreSQL cuts names at 63 bytes, and would take two for one: the hash tells them apart.
function nameOf(prefix: string, ...parts: readonly string[]): string {
  const slug = parts.map((part) =>
    part
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '')
      .slice(0, 10),
  );
  const hash = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 8);
  return `${prefix}${slug.join('_')}_${hash}`;
}
