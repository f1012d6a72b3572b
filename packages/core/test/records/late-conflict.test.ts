import { startHost, type TestHost } from '../host.js';
import { introspect } from '../machine-client.js';
import { type Answer, redeem, takeCode } from '../oauth-client.js';
import { goHome, useUpTime } from '../travel.js';
import { consumes, type WatchedStore, watchedStore, writes } from '../watched-store.js';

let store: WatchedStore;
let host: TestHost;
beforeEach(async () => {
  store = watchedStore();
  host = await startHost({ store });
});
afterEach(async () => {
  goHome();
  await host.close();
});

describe('a request that has used up its time for the store when it finds that another was first', () => {
  it('ends the family of a code that is redeemed twice (RFC 6749 §4.1.2)', async () => {
    const { code, verifier } = await takeCode(host, 'web');
    let first: Answer | undefined;
    store.before(consumes('AuthorizationCode'), async () => {
      first = await redeem(host, 'web', code, verifier);
      useUpTime(4500);
    });
    const { status, body } = await redeem(host, 'web', code, verifier);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    expect(first?.status).toBe(200);
    const token = String(first?.body.access_token);
    expect((await introspect(host, token)).body).toEqual({ active: false });
  });

  it('ends a grant whose consent was taken back meanwhile', async () => {
    const stored = async (kind: string): Promise<readonly { kind: string; id: string }[]> => {
      const { records } = await store.list(kind, 'all', { now: Math.floor(Date.now() / 1000) });
      return records.map(({ id }) => ({ kind, id }));
    };
    let consents = 0;
    store.before(writes('Grant'), async () => {
      const removals = (await stored('Consent')).map((remove) => ({ remove }));
      consents = removals.length;
      await store.commit(removals, 0);
      useUpTime(4500);
    });
    await expect(takeCode(host, 'partner')).rejects.toThrow('no code');
    expect([consents, await stored('Grant')]).toEqual([1, []]);
  });
});
