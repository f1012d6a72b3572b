import type { Store } from '@gatehouse/core';
import type { DumpDatabase } from '../../../scripts/testing/dump-database.js';
import { leaksIn } from '../../../scripts/testing/find-leaks.js';
import { managedPassword, type SecretWalk, walkSecrets } from './secret-walk.js';

/**
 * Tests of a store whose database is read beside it: after a walk through everything, no secret is in any row or document.
 *
 * @param database - Where it is; asked when the tests run.
 */
export function testSecretsInDatabase(
  database: () => {
    readonly uri: string;
    readonly prefix: string;
    makeStore(): Store;
    readonly dump: DumpDatabase;
  },
): void {
  const dumps = new Set<string>();
  let walked: SecretWalk;
  beforeAll(async () => {
    const { uri, prefix, makeStore, dump } = database();
    walked = await walkSecrets(makeStore(), async () => {
      for (const one of await dump(uri, prefix)) dumps.add(one);
    });
    for (const one of await dump(uri, prefix)) dumps.add(one);
  }, 60_000);

  it('has the records of the run, and the counters of its failures', () => {
    const text = [...dumps].join('\n');
    for (const part of ['RefreshToken', 'Session', 'Password', 'gatehouse:client']) {
      expect(text).toContain(part);
    }
    expect(walked.secrets.size).toBeGreaterThan(40);
  });

  it('holds no secret that crossed the wire', () => {
    expect(leaksIn(dumps, walked.secrets)).toEqual([]);
  });

  it('is searched so that a secret in one of its records is found', async () => {
    const { uri, prefix, makeStore, dump } = database();
    const [planted = ''] = walked.secrets;
    const payload = JSON.stringify({ note: Buffer.from(`..${planted}`).toString('base64') });
    const store = makeStore();
    await store.open?.([{ kind: 'Note', keys: {} }]);
    await store.commit([{ insert: { kind: 'Note', id: 'n1', payload, keys: {} } }], 0);
    await store.close?.();
    expect(leaksIn(await dump(uri, prefix), walked.secrets)).toEqual([planted]);
    expect(leaksIn([managedPassword], walked.secrets)).toEqual([managedPassword]);
  });
}
