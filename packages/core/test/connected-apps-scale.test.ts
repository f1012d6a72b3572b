import type { NewRecord, Store, Write } from '@gatehouse/core';
import { memoryStore } from '@gatehouse/store-memory';
import { appsOf, openApps, removeApp } from './apps-page.js';
import { browserAgent, pkce } from './browser-agent.js';
import { startHost } from './host.js';
import { authorizationUrl, authorize, codeOf, logIn, redeem, refresh } from './oauth-client.js';
import { watchedStore, writes } from './watched-store.js';

const now = (): number => Math.floor(Date.now() / 1000);

describe('an account with 10,000 grants of one client', () => {
  it('sees its apps by a bounded number of reads, and ends all of them', async () => {
    const store = memoryStore();
    const lists: { kind: string; limit: number | undefined }[] = [];
    const list: Store['list'] = (kind, by, options) => {
      if (kind !== 'Revocation') lists.push({ kind, limit: options.limit });
      return store.list(kind, by, options);
    };
    const host = await startHost({ store: { ...store, list } });
    try {
      const agent = browserAgent(host.origin);
      const web = await logIn(host, 'web', { agent });
      const spa = await logIn(host, 'spa', { agent });
      const page = await store.list('Grant', { key: 'clientId', value: 'web' }, { now: now() });
      const [model] = page.records;
      if (!model) throw new Error('no grant');
      for (let from = 0; from < 10_000; from += 500) {
        const inserts = Array.from({ length: 500 }, (_, n): { insert: NewRecord } => {
          const { revision: _revision, ...record } = model;
          return { insert: { ...record, id: `${model.id}-${from + n}` } };
        });
        await store.commit(inserts, now());
      }
      lists.length = 0;
      expect((await appsOf(host, agent)).sort()).toEqual(['spa', 'web']);
      expect(lists).toEqual([
        { kind: 'Consent', limit: 25 },
        { kind: 'Grant', limit: 1 },
        { kind: 'Grant', limit: 1 },
      ]);
      expect(
        (await host.auth.grants.list({ accountId: 'ada', clientId: 'web' })).grants,
      ).toHaveLength(100);

      expect((await removeApp(host, agent, 'web')).status).toBe(303);
      const left = await store.list('Grant', { key: 'accountId', value: 'ada' }, { now: now() });
      expect(left.records).toHaveLength(1);
      expect((await refresh(host, 'web', web.refresh_token)).body.error).toBe('invalid_grant');
      expect((await refresh(host, 'spa', spa.refresh_token)).status).toBe(200);
    } finally {
      await host.close();
    }
  });
});

describe('an account with more apps than a page has', () => {
  it('sees each of them on one page, and no cursor of another account works', async () => {
    const store = memoryStore();
    const host = await startHost({ store });
    try {
      const agent = browserAgent(host.origin);
      await logIn(host, 'web', { agent });
      const granted = { 'https://api.test/notes': ['notes:read'] };
      for (let n = 0; n < 60; n += 1) {
        const payload = { accountId: 'ada', clientId: `app${n}`, granted, rejected: {}, since: n };
        const keys = { accountId: 'ada', clientId: `app${n}` };
        const insert = { kind: 'Consent', id: `c${n}`, payload: JSON.stringify(payload), keys };
        await store.commit([{ insert }], now());
      }
      const seen: string[] = [];
      let next: string | undefined = `${host.issuer}/apps`;
      let pages = 0;
      const urls: string[] = [];
      while (next !== undefined) {
        const { body } = await openApps(host, agent, next);
        seen.push(...(body.data?.apps ?? []).map(({ client }) => client.client_id));
        next = body.data?.next;
        if (next !== undefined) urls.push(next);
        pages += 1;
      }
      expect(pages).toBe(3);
      expect(new Set(seen).size).toBe(61);
      expect(seen).toHaveLength(61);
      expect((await agent.get(`${host.issuer}/apps`)).text).toContain('More apps');

      const bob = browserAgent(host.origin);
      await logIn(host, 'web', { agent: bob, person: { identifier: 'bob', password: 'bob-pw' } });
      const { body } = await openApps(host, bob, urls[0]);
      expect(body.data?.apps.map(({ client }) => client.client_id)).toEqual(['web']);
    } finally {
      await host.close();
    }
  });
});

async function grantsAndConsents(store: Store, clientId: string): Promise<number[]> {
  const by = { key: 'clientId', value: clientId };
  const pages = ['Grant', 'Consent'].map((kind) => store.list(kind, by, { now: now() }));
  return (await Promise.all(pages)).map(({ records }) => records.length);
}

describe('an authorization that runs while the person removes the app', () => {
  it.each(['partner', 'web'])('leaves no grant of %s that the removal missed', async (clientId) => {
    const store = watchedStore(memoryStore());
    const host = await startHost({ store });
    try {
      await logIn(host, clientId, { agent: browserAgent(host.origin) });
      const agent = browserAgent(host.origin);
      await logIn(host, 'spa', { agent });
      const { verifier, challenge } = pkce();
      let removed = false;
      // The consent was read, the grant is not yet written: the removal comes in between, as a whole.
      store.before(writes('Grant'), async () => {
        removed = true;
        await host.auth.revoke({ accountId: 'ada', clientId });
      });
      const first = await agent.get(authorizationUrl(host, clientId, challenge));
      expect([removed, await grantsAndConsents(store, clientId)]).toEqual([true, [0, 0]]);
      // Asked again, the authorization sees what is there now.
      expect(first.location).toBe(authorizationUrl(host, clientId, challenge));
      const back = await authorize(agent, first.location ?? '');
      // A first-party client connects anew, and a client of others was asked for again: the one grant has its consent.
      expect(await grantsAndConsents(store, clientId)).toEqual([1, 1]);
      expect((await redeem(host, clientId, codeOf(back), verifier)).status).toBe(200);
      expect((await appsOf(host, agent)).sort()).toEqual([clientId, 'spa'].sort());
    } finally {
      await host.close();
    }
  });
});

describe('a removal that was interrupted', () => {
  it('is still on the page as long as there are grants, and can be done again', async () => {
    const store = watchedStore(memoryStore());
    const host = await startHost({ store });
    try {
      const agent = browserAgent(host.origin);
      const { refresh_token } = await logIn(host, 'partner', { agent });
      const endsGrant = (all: readonly Write[]): boolean =>
        all.some((one) => 'remove' in one && one.remove.kind === 'Grant');
      store.before(endsGrant, () => Promise.reject(new Error('the process dies here')));
      expect((await removeApp(host, agent, 'partner')).status).toBe(503);
      const page = await openApps(host, agent);
      expect(page.body.data?.apps.map(({ client, groups }) => [client.client_id, groups])).toEqual([
        ['partner', []],
      ]);
      expect((await removeApp(host, agent, 'partner')).status).toBe(303);
      expect(await appsOf(host, agent)).toEqual([]);
      expect((await refresh(host, 'partner', refresh_token)).body.error).toBe('invalid_grant');
    } finally {
      await host.close();
    }
  });
});
