import { existsSync, readFileSync } from 'node:fs';
import type { TestStore } from './matrix.js';
import { type DumpDatabase, dumpMongo, dumpPostgres } from './testing/dump-database.js';
import { leaksIn } from './testing/find-leaks.js';

const dumps: Partial<Record<TestStore, readonly [variable: string, dump: DumpDatabase]>> = {
  mongo: ['MONGODB_URI', dumpMongo],
  postgres: ['POSTGRES_URI', dumpPostgres],
};

/** Whether {@link secretProblems} looks into the database of a store. */
export function isSearched(store: TestStore): boolean {
  return store in dumps;
}

/**
 * Searches the database of a store for what the tests presented or were given as a secret, one JSON string a line of the file.
 * Answers what is wrong: nothing where the store has no database of its own.
 */
export async function secretProblems(
  store: TestStore,
  env: Readonly<Record<string, string>>,
  file: string,
): Promise<readonly string[]> {
  const [variable = '', dump] = dumps[store] ?? [];
  const uri = env[variable];
  if (dump === undefined || uri === undefined) return [];
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const secrets = lines.map((line) => JSON.parse(line) as string);
  // A run without secrets would find none anywhere.
  if (secrets.length < 100) return [`only ${secrets.length} secrets were heard`];
  const rows = await dump(uri);
  if (rows.length < 100) return [`only ${rows.length} records are left to search`];
  return leaksIn(rows, secrets).map((secret) => `a secret is at rest: ${JSON.stringify(secret)}`);
}
