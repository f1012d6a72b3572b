import { ON_POSTGRES } from '../check-skips.js';
import {
  findPostgres,
  startPostgres,
  type TestPostgres,
  type TestPostgresOptions,
} from './start-postgres.js';

/**
 * A suite on a real PostgreSQL: that of `POSTGRES_URI`, else one of its own for all its tests. Without one it is skipped, and
 * the run says so at its end; in CI it fails.
 */
export function describeOnPostgres(
  name: string,
  suite: (server: () => TestPostgres) => void,
  options: TestPostgresOptions & { readonly own?: true } = {},
): void {
  const { POSTGRES_URI: uri, CI } = process.env;
  const given = options.own ? undefined : uri;
  const skip = given === undefined && findPostgres() === undefined && CI !== 'true';
  (skip ? describe.skip : describe)(`${ON_POSTGRES}${name}`, () => {
    let server: TestPostgres | undefined;
    beforeAll(async () => {
      server = given === undefined ? await startPostgres(options) : serverOf(given);
    }, 60_000);
    suite(() => {
      if (server === undefined) throw new Error('the server is there within a test');
      return server;
    });
    // After what the suite has to end on it.
    afterAll(() => server?.stop());
  });
}

function serverOf(uri: string): TestPostgres {
  const refuse = (): never => {
    throw new Error('only a server of its own can be paused or killed');
  };
  const none = async (): Promise<void> => {};
  return { uri, pause: refuse, resume: refuse, kill: refuse, restart: refuse, stop: none };
}
