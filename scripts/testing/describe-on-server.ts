import type { TestServer } from './test-server.js';

/** What a suite needs, and what it does without. */
export interface Need {
  /** Begins the name of the suite. */
  readonly prefix: string;
  /** The line that says what is lacking. */
  readonly line: string;
  /** Starts the server; nothing where there is none. */
  readonly start: (() => Promise<TestServer>) | undefined;
}

/** A suite on a real server, one for all its tests. Without one it is skipped, and in CI it fails. */
export function describeOnServer(
  { prefix, line, start }: Need,
  name: string,
  suite: (server: () => TestServer) => void,
): void {
  const skip = start === undefined && process.env.CI !== 'true';
  (skip ? describe.skip : describe)(`${prefix}${name}`, () => {
    let server: TestServer | undefined;
    beforeAll(async () => {
      if (start === undefined) throw new Error(line);
      server = await start();
    }, 60_000);
    suite(() => {
      if (server === undefined) throw new Error('the server is there within a test');
      return server;
    });
    // After what the suite has to end on it.
    afterAll(() => server?.stop());
  });
}
