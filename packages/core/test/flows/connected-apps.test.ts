import { type AppsPageData, consentScreen } from '@gatehouse/consent';
import { html, type Store } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { appsOf, openApps, removeApp } from '../apps-page.js';
import { type BrowserAgent, browserAgent, pkce } from '../browser-agent.js';
import { api, ledger, startHost, type TestHost } from '../host.js';
import { openApi, until } from '../machine-client.js';
import { authorizationUrl, authorize, logIn, redeem, refresh, takeCode } from '../oauth-client.js';
import { testStore } from '../test-store.js';
import { goHome, travel } from '../travel.js';

let store: Store;
let host: TestHost;
let ada: BrowserAgent;
const now = (): number => Math.floor(Date.now() / 1000);
const bob = { identifier: 'bob', password: 'bob-pw' };

beforeEach(async () => {
  store = testStore();
  host = await startHost({ store });
  ada = browserAgent(host.origin);
});
afterEach(async () => {
  goHome();
  await host.close();
});

/** The write of a last use is not waited for by the request. */
async function usedAt(agent: BrowserAgent, clientId: string, after = 0): Promise<number> {
  const ask = async (): Promise<number> => {
    const { body } = await openApps(host, agent);
    return body.data?.apps.find(({ client }) => client.client_id === clientId)?.lastUsedAt ?? 0;
  };
  const second = await until(ask, (used) => used > after, 5000);
  expect(second).toBeGreaterThan(after);
  return second;
}

describe('the page of connected apps', () => {
  it('shows what was allowed and what a first-party client got unasked, in the words of the options', async () => {
    const start = now();
    await logIn(host, 'partner', { agent: ada, params: { scope: 'notes:read notes:write' } });
    await logIn(host, 'web', { agent: ada, params: { scope: 'ledger:read' } });
    await logIn(host, 'web', { agent: ada, params: { scope: 'notes:read' } });
    await Promise.all([usedAt(ada, 'partner'), usedAt(ada, 'web')]);
    const { status, headers, body } = await openApps(host, ada);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toMatch(/accept/i);
    expect(body).toMatchObject({
      page: 'apps',
      form: { action: `${host.issuer}/apps`, csrf: expect.any(String) },
      data: { account: { accountId: 'ada', label: 'Ada' } },
    });
    const apps = [...(body.data?.apps ?? [])];
    apps.sort((a, b) => a.client.name.localeCompare(b.client.name));
    expect(apps).toEqual([
      {
        client: { client_id: 'web', name: 'Acme Web' },
        destinations: [{ display: 'web.test', kind: 'https' }],
        groups: [
          {
            resource: ledger,
            name: 'Ledger',
            scopes: [{ name: 'ledger:read', description: 'See your balance' }],
          },
          {
            resource: api,
            name: 'Notes',
            scopes: [{ name: 'notes:read', description: 'Read your notes' }],
          },
        ],
        since: expect.any(Number),
        lastUsedAt: expect.any(Number),
        unverified: false,
      },
      expect.objectContaining({
        client: { client_id: 'partner', name: 'Partner' },
        destinations: [{ display: 'partner.test', kind: 'https' }],
        groups: [expect.objectContaining({ name: 'Notes' })],
      }),
    ]);
    for (const { since, lastUsedAt } of apps) {
      for (const at of [since, lastUsedAt ?? 0]) {
        expect(at).toBeGreaterThanOrEqual(start);
        expect(at).toBeLessThanOrEqual(now());
      }
    }
    const { text } = await ada.get(`${host.issuer}/apps`);
    expect(text).toContain('Acme Web');
    expect(text).toContain('Change your notes');
    expect(text).not.toContain('<script');
  });

  it('shows an account nothing of another one', async () => {
    const other = browserAgent(host.origin);
    await logIn(host, 'partner', { agent: ada });
    await logIn(host, 'web', { agent: other, person: bob });
    expect(await appsOf(host, ada)).toEqual(['partner']);
    expect(await appsOf(host, other)).toEqual(['web']);
  });

  it('does not show a client of which no grant is left, if nobody was asked', async () => {
    await logIn(host, 'web', { agent: ada });
    const { grants } = await host.auth.grants.list({ accountId: 'ada' });
    await host.auth.grants.revoke(grants[0]?.grantId ?? '');
    expect(await appsOf(host, ada)).toEqual([]);
    expect((await ada.get(`${host.issuer}/apps`)).text).toContain('No app is connected');
  });

  it('shows a client that was removed from the server by its id, so that it can be removed here', async () => {
    await host.auth.clients.create({
      client_id: 'short-lived',
      redirect_uris: ['https://partner.test/cb'],
      scope: 'notes:read',
    });
    const { challenge } = pkce();
    const more = { redirect_uri: 'https://partner.test/cb' };
    await authorize(ada, authorizationUrl(host, 'short-lived', challenge, more));
    expect(await appsOf(host, ada)).toEqual(['short-lived']);
    await store.commit([{ remove: { kind: 'Client', id: 'short-lived' } }], now());
    const other = await startHost({ store });
    try {
      const agent = browserAgent(other.origin);
      await logIn(other, 'web', { agent });
      expect((await appsOf(other, agent)).sort()).toEqual(['short-lived', 'web']);
      await removeApp(other, agent, 'short-lived');
      expect(await appsOf(other, agent)).toEqual(['web']);
    } finally {
      await other.close();
    }
  });

  it('says when a token was issued or refreshed last, to the hour, and so does auth.grants.list', async () => {
    const { refresh_token } = await logIn(host, 'partner', { agent: ada });
    const first = await usedAt(ada, 'partner');
    travel(24 * 3600);
    expect((await refresh(host, 'partner', refresh_token)).status).toBe(200);
    const second = await usedAt(ada, 'partner', first);
    expect(second - first).toBeGreaterThanOrEqual(24 * 3600);
    expect(second).toBeLessThanOrEqual(now());
    const { grants } = await host.auth.grants.list({ accountId: 'ada', clientId: 'partner' });
    expect(grants.map(({ lastUsedAt }) => lastUsedAt)).toEqual([second]);
    expect((await host.auth.grants.list({ clientId: 'partner' })).grants).toEqual(grants);
  });

  it('says nothing of the use of a connection that is gone', async () => {
    await logIn(host, 'partner', { agent: ada });
    await usedAt(ada, 'partner');
    await host.auth.revoke({ accountId: 'ada' });
    travel(10);
    const { challenge } = pkce();
    await authorize(ada, authorizationUrl(host, 'partner', challenge));
    const { body } = await openApps(host, ada);
    const [app] = body.data?.apps ?? [];
    expect([app?.client.client_id, app?.lastUsedAt]).toEqual(['partner', undefined]);
    expect(app?.since).toBeGreaterThanOrEqual(now() - 5);
  });

  it('can be switched off, and moved', async () => {
    const login = passwordLogin({ verify: () => undefined });
    const off = await startHost({
      store,
      plugins: [login, consentScreen({ apps: false })],
    });
    const moved = await startHost({
      store,
      plugins: [login, consentScreen({ apps: { path: '/account/apps' } })],
    });
    try {
      expect((await fetch(`${off.issuer}/apps`)).status).toBe(404);
      expect((await fetch(`${moved.issuer}/apps`)).status).toBe(404);
      expect((await fetch(`${moved.issuer}/account/apps`)).status).toBe(401);
    } finally {
      await Promise.all([off.close(), moved.close()]);
    }
  });

  it('may be drawn by the host', async () => {
    const own = await startHost({
      store,
      pages: {
        apps: ({ apps }: AppsPageData) =>
          html`<p>Yours: ${apps.map(({ client }) => client.name)}</p>`,
      },
    });
    try {
      const agent = browserAgent(own.origin);
      await logIn(own, 'web', { agent });
      expect((await agent.get(`${own.issuer}/apps`)).text).toContain('<p>Yours: Acme Web</p>');
    } finally {
      await own.close();
    }
  });
});

describe('Remove', () => {
  it('ends consent and all grants of the account at the client, at once, and nothing else', async () => {
    const phone = browserAgent(host.origin);
    const other = browserAgent(host.origin);
    const mine = [
      await logIn(host, 'partner', { agent: ada }),
      await logIn(host, 'partner', { agent: phone }),
    ];
    const web = await logIn(host, 'web', { agent: ada, params: { scope: 'ledger:read' } });
    const theirs = await logIn(host, 'partner', { agent: other, person: bob });
    const { code, verifier } = await takeCode(host, 'partner', { agent: ada });
    host.log.length = 0;

    const reply = await removeApp(host, ada, 'partner');
    expect([reply.status, reply.location]).toEqual([303, `${host.issuer}/apps`]);
    expect(host.log.find(({ message }) => message === 'revoked')?.context).toMatchObject({
      accountId: 'ada',
      clientId: 'partner',
    });
    expect(await appsOf(host, ada)).toEqual(['web']);
    for (const { refresh_token, access_token } of mine) {
      expect((await refresh(host, 'partner', refresh_token)).body.error).toBe('invalid_grant');
      expect((await openApi(host, '/api/notes', access_token)).status).toBe(401);
    }
    expect((await redeem(host, 'partner', code, verifier)).body.error).toBe('invalid_grant');

    expect((await refresh(host, 'web', web.refresh_token)).status).toBe(200);
    expect((await refresh(host, 'partner', theirs.refresh_token)).status).toBe(200);
    expect((await openApi(host, '/api/notes', theirs.access_token)).status).toBe(200);
    // The person is asked again, by the session that is still there.
    const page = await ada.follow(authorizationUrl(host, 'partner', pkce().challenge));
    expect(page.text).toContain('Partner');
    expect(page.text).toContain('value="allow"');
    expect(
      (await store.list('Consent', { key: 'clientId', value: 'partner' }, { now: now() })).records,
    ).toHaveLength(1);
  });

  it('ends opaque tokens of a first-party client, which comes back as new', async () => {
    const { access_token } = await logIn(host, 'web', {
      agent: ada,
      params: { scope: 'ledger:read' },
    });
    expect((await openApi(host, '/api/ledger', access_token)).status).toBe(200);
    await removeApp(host, ada, 'web');
    expect((await openApi(host, '/api/ledger', access_token)).status).toBe(401);
    expect(await appsOf(host, ada)).toEqual([]);
    await logIn(host, 'web', { agent: ada });
    expect(await appsOf(host, ada)).toEqual(['web']);
  });

  it('answers a front end of the host’s, which sends JSON', async () => {
    await logIn(host, 'partner', { agent: ada });
    const cookie = [...ada.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`);
    const reply = await fetch(`${host.issuer}/apps`, {
      method: 'POST',
      headers: {
        'accept': 'application/json',
        'content-type': 'application/json',
        'origin': host.origin,
        'cookie': cookie.join('; '),
      },
      body: JSON.stringify({ client_id: 'partner' }),
    });
    expect([reply.status, await reply.json()]).toEqual([200, { redirect: `${host.issuer}/apps` }]);
    expect(await appsOf(host, ada)).toEqual([]);
  });

  it('is what auth.revoke does with an account and a client', async () => {
    const { refresh_token } = await logIn(host, 'partner', { agent: ada });
    await host.auth.revoke({ accountId: 'ada', clientId: 'partner' });
    expect((await refresh(host, 'partner', refresh_token)).body.error).toBe('invalid_grant');
    expect(await appsOf(host, ada)).toEqual([]);
    for (const wrong of [
      { accountId: 'ada', grantId: 'g' },
      { accountId: 'ada', clientId: '' },
      {},
    ]) {
      await expect(host.auth.revoke(wrong as never)).rejects.toThrow(/exactly one of/);
    }
  });
});
