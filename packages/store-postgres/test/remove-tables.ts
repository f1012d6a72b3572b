import type pg from 'pg';

/** Removes the tables of a test, whose names begin so: the database may be one that stays. */
export async function removeTables(pool: pg.Pool, start: string): Promise<void> {
  const text = 'select tablename from pg_tables where schemaname = current_schema()';
  const { rows } = await pool.query<{ tablename: string }>(text);
  for (const { tablename } of rows) {
    if (tablename.startsWith(start)) await pool.query(`drop table "${tablename}"`);
  }
}
