import { NO_MONGO, ON_MONGO } from '../check-skips.js';
import { describeOnServer } from './describe-on-server.js';
import { findMongo } from './find-mongo.js';
import { startMongo, type TestMongo, type TestMongoOptions } from './start-mongo.js';

/**
 * A suite on a real server of MongoDB's wire protocol, with a database for all its tests. Without one it is skipped, and the run
 * says so at its end; in CI it fails.
 */
export function describeOnMongo(
  name: string,
  suite: (server: () => TestMongo) => void,
  options: TestMongoOptions & {
    /** A server that can be paused and killed, even if one was given. */
    readonly own?: true;
  } = {},
): void {
  const { MONGODB_URI: _given, ...env } = process.env;
  const source = findMongo(options.own ? env : process.env);
  const start =
    source &&
    (() => {
      process.stderr.write(`MongoDB of "${name}": ${source.label}\n`);
      return startMongo(source, options);
    });
  describeOnServer({ prefix: ON_MONGO, line: NO_MONGO, start }, name, suite);
}
