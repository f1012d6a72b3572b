import { startHost } from '../host.js';
import { type Answer, call } from '../oauth-client.js';
import { testStore } from '../test-store.js';
import { watchedStore, writes } from '../watched-store.js';

describe('close', () => {
  it('finishes the requests that run, and answers later ones with 503 and Retry-After', async () => {
    const store = watchedStore();
    const host = await startHost({ store });
    const fields = { grant_type: 'client_credentials', scope: 'ledger:read' };
    const ask = (): ReturnType<typeof call> => call(host, '/token', 'machine', fields);
    let closing: Promise<void> | undefined;
    let late: Answer | undefined;
    store.before(writes('ClientCredentials'), async () => {
      closing = host.auth.close();
      late = await ask();
    });
    expect((await ask()).status).toBe(200);
    expect(late?.status).toBe(503);
    expect(late?.headers.get('retry-after')).toBe('1');
    // Its client must not come back on the same connection, to the same answer.
    expect(late?.headers.get('connection')).toBe('close');
    expect(late?.body).toMatchObject({ error: 'temporarily_unavailable' });
    await closing;
    await host.close();
  });
});

describe('purge', () => {
  it('removes what has expired', async () => {
    const store = testStore();
    const host = await startHost({ store });
    const past = Math.floor(Date.now() / 1000) - 10;
    await store.commit(
      Array.from({ length: 25 }, (_, index) => ({
        insert: {
          kind: 'ReplayDetection',
          id: `id-${index}`,
          payload: '',
          keys: {},
          expiresAt: past,
        },
      })),
      past - 10,
    );
    expect(await host.auth.purge({ batchSize: 10 })).toEqual({ removed: 25 });
    await host.close();
  });
});
