import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findInPath } from './find-in-path.js';

/** Where the tests get their MongoDB from. */
export type MongoSource =
  | { readonly label: string; readonly uri: string }
  | { readonly label: string; readonly mongod: string }
  | { readonly label: string; readonly java: string; readonly jars: string };

const folder: string = join(import.meta.dirname, 'mongo-java-server');
// The same from the source and from what was built of it.
const javaServer: string = folder.replace(
  join('scripts', 'dist', 'testing'),
  join('scripts', 'testing'),
);

/** The one file that the server is started from. */
export const javaMain: string = join(javaServer, 'TestMongoServer.java');

/**
 * The first that there is: `MONGODB_URI`, a `mongod` of `MONGOMS_SYSTEM_BINARY` or in the path, mongo-java-server by `java` and
 * `mvn`. `mongodb-memory-server` is no dependency: what it downloads can be named by `MONGOMS_SYSTEM_BINARY`.
 */
export function findMongo(env: NodeJS.ProcessEnv = process.env): MongoSource | undefined {
  if (env.MONGODB_URI) return { label: 'MONGODB_URI', uri: env.MONGODB_URI };
  const given = env.MONGOMS_SYSTEM_BINARY;
  const mongod = given !== undefined && existsSync(given) ? given : findInPath('mongod', env);
  if (mongod !== undefined) return { label: mongod, mongod };
  const java = findInPath('java', env);
  if (java === undefined) return undefined;
  const jars = jarsOf(env);
  return jars === undefined ? undefined : { label: 'mongo-java-server', java, jars };
}

/** The folder of the server's jars, which Maven fetches once. */
function jarsOf(env: NodeJS.ProcessEnv): string | undefined {
  const cache = join(javaServer, '../../../.cache/mongo-java-server');
  const jars = join(cache, '1.47.0');
  if (existsSync(jars)) return jars;
  const mvn = findInPath('mvn', env);
  if (mvn === undefined) return undefined;
  mkdirSync(cache, { recursive: true });
  const fetched = mkdtempSync(join(cache, 'fetch-'));
  try {
    const pom = join(javaServer, 'pom.xml');
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${fetched}`];
    execFileSync(mvn, ['-q', '-B', '-f', pom, ...goal], { stdio: 'pipe', timeout: 120_000 });
    renameSync(fetched, jars);
  } catch (error) {
    // Another test file may have been faster.
    if (existsSync(jars)) return jars;
    process.stderr.write(`mvn could not fetch mongo-java-server: ${String(error)}\n`);
    return undefined;
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
  return jars;
}
