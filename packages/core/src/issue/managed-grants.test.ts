import { memoryStore } from '@gatehouse/store-memory';
import { systemClock } from '../clock.js';
import { coreKinds } from '../engine/kinds.js';
import { createManagedGrants } from './managed-grants.js';

describe('a page of grants', () => {
  it('tells of each its last use, and takes only some of the host’s connections for that', async () => {
    const store = memoryStore();
    await store.open(coreKinds);
    const now = systemClock.now();
    const payload = JSON.stringify({ p: { iat: now, exp: now + 60 } });
    const keys = { accountId: 'ada', clientId: 'web' };
    const inserts = Array.from({ length: 60 }, (_, index) => {
      return { insert: { kind: 'Grant', id: `g${index}`, payload, keys, expiresAt: now + 60 } };
    });
    await store.commit(inserts, now);
    let running = 0;
    let most = 0;
    const grants = createManagedGrants({
      store,
      clock: systemClock,
      lastUse: {
        async find(id) {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setTimeout(resolve, 1));
          running -= 1;
          return Number(id.slice(1)) + 1;
        },
      },
      revoke: async () => {},
    });
    const page = await grants.list({ accountId: 'ada', limit: 1000 });
    expect(page.grants.map(({ grantId, lastUsedAt }) => `${grantId} ${lastUsedAt}`).sort()).toEqual(
      Array.from({ length: 60 }, (_, index) => `g${index} ${index + 1}`).sort(),
    );
    expect(most).toBeLessThanOrEqual(25);
  });
});
