import { NO_POSTGRES, ON_POSTGRES } from '../check-skips.js';
import { describeOnServer } from './describe-on-server.js';
import { givenPostgres } from './given-postgres.js';
import {
  findPostgres,
  startPostgres,
  type TestPostgres,
  type TestPostgresOptions,
} from './start-postgres.js';

/**
 * A suite on a real PostgreSQL: a database of that of `POSTGRES_URI`, else a server of its own for all its tests. Without one it is skipped, and
 * the run says so at its end; in CI it fails.
 */
export function describeOnPostgres(
  name: string,
  suite: (server: () => TestPostgres) => void,
  options: TestPostgresOptions & {
    /** A server that can be paused and killed, even if one was given. */
    readonly own?: true;
  } = {},
): void {
  const given = options.own ? undefined : process.env.POSTGRES_URI;
  const found = given !== undefined || findPostgres() !== undefined;
  const start = (): Promise<TestPostgres> =>
    given === undefined ? startPostgres(options) : givenPostgres(given);
  const need = { prefix: ON_POSTGRES, line: NO_POSTGRES, start: found ? start : undefined };
  describeOnServer(need, name, suite);
}
