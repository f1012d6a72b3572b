import { setTimeout as delay } from 'node:timers/promises';
import { delayedStore } from '@gatehouse/store-contract';
import { startHost } from '../host.js';
import { call } from '../oauth-client.js';
import { testStore } from '../test-store.js';

describe('close', () => {
  it('finishes the requests that run, and answers later ones with 503 and Retry-After', async () => {
    const host = await startHost({
      store: delayedStore(testStore(), { minMs: 100, maxMs: 120 }),
    });
    const fields = { grant_type: 'client_credentials', scope: 'ledger:read' };
    const running = call(host, '/token', 'machine', fields);
    await delay(50);
    const closing = host.auth.close();
    const late = await call(host, '/token', 'machine', fields);
    expect(late.status).toBe(503);
    expect(late.headers.get('retry-after')).toBe('1');
    // Its client must not come back on the same connection, to the same answer.
    expect(late.headers.get('connection')).toBe('close');
    expect(late.body).toMatchObject({ error: 'temporarily_unavailable' });
    expect((await running).status).toBe(200);
    await closing;
    await host.close();
  });
});

describe('health', () => {
  it('says whether the store answers', async () => {
    const store = testStore();
    let isUp = true;
    const host = await startHost({
      store: {
        ...store,
        find: (...args) => (isUp ? store.find(...args) : Promise.reject(new Error('refused'))),
      },
    });
    expect(await host.auth.health()).toMatchObject({
      ok: true,
      store: { name: store.name, ok: true },
    });
    isUp = false;
    expect(await host.auth.health()).toMatchObject({
      ok: false,
      store: { ok: false, error: 'Error' },
    });
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
