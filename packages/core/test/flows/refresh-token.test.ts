import type { ClientOptions } from '@gatehouse/core';
import { browserAgent } from '../browser-agent.js';
import { clients, ledger, startHost, type TestHost } from '../host.js';
import { introspect, openApi, until } from '../machine-client.js';
import { logIn, refresh } from '../oauth-client.js';
import { testStore } from '../test-store.js';
import { goHome, travel } from '../travel.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterEach(goHome);
afterAll(() => host.close());

const invalidGrant = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'grant request is invalid' },
};

/** Refreshes and takes the new refresh token. */
async function next(clientId: string, token: string, on = host): Promise<string> {
  const { status, body } = await refresh(on, clientId, token);
  expect(status).toBe(200);
  return String(body.refresh_token);
}

describe('refresh_token', () => {
  it('rotates, and the new access token opens the API', async () => {
    const { refresh_token } = await logIn(host, 'spa');
    const { status, body, headers } = await refresh(host, 'spa', refresh_token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'notes:read', expires_in: 600 });
    expect(body.refresh_token).not.toBe(refresh_token);
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await openApi(host, '/api/notes', String(body.access_token))).status).toBe(200);
    await next('spa', String(body.refresh_token));
  });

  it('gives the same answer again while the successor is unused', async () => {
    const { refresh_token } = await logIn(host, 'spa');
    const first = await refresh(host, 'spa', refresh_token);
    travel(55);
    const again = await refresh(host, 'spa', refresh_token);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(again.headers.get('cache-control')).toBe('no-store');
    await next('spa', String(again.body.refresh_token));
    expect(host.log).toContainEqual(expect.objectContaining({ message: 'refresh_token.repeated' }));
  });

  it('ends the family when a token is presented after its successor was used', async () => {
    const { refresh_token } = await logIn(host, 'web', { params: { scope: 'ledger:read' } });
    const second = await next('web', refresh_token);
    const { body } = await refresh(host, 'web', second);
    expect(await refresh(host, 'web', refresh_token)).toMatchObject(invalidGrant);
    expect(await refresh(host, 'web', String(body.refresh_token))).toMatchObject(invalidGrant);
    expect((await openApi(host, '/api/ledger', String(body.access_token))).status).toBe(401);
    expect((await introspect(host, String(body.access_token))).body).toEqual({ active: false });
    expect(host.log).toContainEqual(
      expect.objectContaining({ message: 'refresh_token.replayed', level: 'warn' }),
    );
  });

  it('ends JWTs of an ended family within two seconds in the guard', async () => {
    const { refresh_token } = await logIn(host, 'spa');
    const second = await next('spa', refresh_token);
    const { body } = await refresh(host, 'spa', second);
    const jwt = String(body.access_token);
    expect((await openApi(host, '/api/notes', jwt)).status).toBe(200);
    expect(await refresh(host, 'spa', refresh_token)).toMatchObject(invalidGrant);
    const ask = (): ReturnType<typeof openApi> => openApi(host, '/api/notes', jwt);
    expect((await until(ask, ({ status }) => status === 401, 2000)).status).toBe(401);
  });

  it.each([
    ['public', 'spa', 61],
    ['confidential', 'web', 601],
  ])(
    'ends the family of a %s client when a token is presented after its window',
    async (_kind, clientId, seconds) => {
      const { refresh_token } = await logIn(host, clientId);
      const second = await next(clientId, refresh_token);
      travel(seconds);
      expect(await refresh(host, clientId, refresh_token)).toMatchObject(invalidGrant);
      expect(await refresh(host, clientId, second)).toMatchObject(invalidGrant);
    },
  );

  it('keeps the answer for a confidential client for ten minutes', async () => {
    const { refresh_token } = await logIn(host, 'web');
    const first = await refresh(host, 'web', refresh_token);
    travel(590);
    expect((await refresh(host, 'web', refresh_token)).body).toEqual(first.body);
  });

  it('keeps no answer when the window is 0', async () => {
    const strict = await startHost({ refreshToken: { replayWindowSeconds: 0 } });
    try {
      const { refresh_token } = await logIn(strict, 'web');
      const second = await next('web', refresh_token, strict);
      expect(await refresh(strict, 'web', refresh_token)).toMatchObject(invalidGrant);
      expect(await refresh(strict, 'web', second)).toMatchObject(invalidGrant);
    } finally {
      await strict.close();
    }
  });

  it.each(['partner', 'spa'])(
    'refuses the token when the client %s presents it, whose family it is not, and lets the family live',
    async (thief) => {
      const { refresh_token } = await logIn(host, 'web');
      expect(await refresh(host, thief, refresh_token)).toMatchObject(invalidGrant);
      const second = await next('web', refresh_token);
      expect(await refresh(host, thief, refresh_token)).toMatchObject(invalidGrant);
      await next('web', second);
    },
  );

  it('narrows the access token to the scope that is asked, not the refresh token', async () => {
    const { refresh_token } = await logIn(host, 'web', {
      params: { scope: 'notes:read notes:write' },
    });
    const narrow = await refresh(host, 'web', refresh_token, { scope: 'notes:write' });
    expect(narrow.body.scope).toBe('notes:write');
    expect((await introspect(host, String(narrow.body.access_token))).body.scope).toBe(
      'notes:write',
    );
    const whole = await refresh(host, 'web', String(narrow.body.refresh_token));
    expect(String(whole.body.scope).split(' ').sort()).toEqual(['notes:read', 'notes:write']);
  });

  it.each(['notes:read notes:write', 'ledger:read', 'openid', 'nothing', 'notes:read\0'])(
    'answers invalid_scope for the scope %j, which was not granted, and does not spend the token',
    async (scope) => {
      const { refresh_token } = await logIn(host, 'web');
      const { status, body } = await refresh(host, 'web', refresh_token, { scope });
      expect([status, body.error]).toEqual([400, 'invalid_scope']);
      await next('web', refresh_token);
    },
  );

  it('does not hand the kept answer to a presentation that asks for something else', async () => {
    const { refresh_token } = await logIn(host, 'web', {
      params: { scope: 'notes:read notes:write' },
    });
    const narrow = await refresh(host, 'web', refresh_token, { scope: 'notes:read' });
    expect(narrow.status).toBe(200);
    expect(await refresh(host, 'web', refresh_token)).toMatchObject(invalidGrant);
  });

  it('does not hand the kept answer to a presentation for another resource', async () => {
    const { refresh_token } = await logIn(host, 'web');
    expect((await refresh(host, 'web', refresh_token)).status).toBe(200);
    const other = await refresh(host, 'web', refresh_token, { resource: ledger });
    expect(other).toMatchObject(invalidGrant);
  });

  it.each(['accountId', 'clientId', 'grantId'] as const)(
    'refuses a token after revoke({ %s })',
    async (key) => {
      const { refresh_token, access_token } = await logIn(host, 'web');
      const { body } = await introspect(host, access_token);
      if (key === 'accountId') await host.auth.revoke({ accountId: 'ada' });
      else if (key === 'clientId') await host.auth.revoke({ clientId: 'web' });
      else await host.auth.revoke({ grantId: String(body.grant_id) });
      expect(await refresh(host, 'web', refresh_token)).toMatchObject(invalidGrant);
      expect((await introspect(host, access_token)).body).toEqual({ active: false });
    },
  );

  it('refuses a token of an account that was deactivated, and of a login that was made void', async () => {
    const bob = host.people.get('bob');
    if (!bob) throw new Error('bob is gone');
    const person = { identifier: 'bob', password: 'bob-pw' };
    const { refresh_token, access_token } = await logIn(host, 'web', { person });
    const { auth_time } = (await introspect(host, access_token)).body;
    for (const change of [{ active: false }, { validFrom: Number(auth_time) + 1 }]) {
      host.people.set('bob', { ...bob, ...change });
      expect(await refresh(host, 'web', refresh_token)).toMatchObject(invalidGrant);
      expect((await introspect(host, access_token)).body).toEqual({ active: false });
    }
    // A login in the second of the change counts.
    host.people.set('bob', { ...bob, validFrom: Number(auth_time) });
    await next('web', refresh_token);
    host.people.set('bob', bob);
  });
});

describe('the ceilings of a client, lowered after the login', () => {
  const lowered = (change: object): ClientOptions[] =>
    clients.map((one) => (one.client_id === 'web' ? { ...one, ...change } : one));

  it.each([
    ['leaves the refresh what is left of its scope', { scope: 'notes:read' }, 200, 'notes:read'],
    ['leaves nothing to refresh', { scope: 'ledger:read' }, 400, 'invalid_scope'],
    ['ends refreshing', { grant_types: ['authorization_code'] }, 400, 'unauthorized_client'],
  ])('%s', async (_what, change, status, word) => {
    const store = testStore();
    const before = await startHost({ store });
    const after = await startHost({ store, clients: lowered(change) });
    try {
      const params = { scope: 'notes:read notes:write' };
      const { refresh_token } = await logIn(before, 'web', { params });
      const answer = await refresh(after, 'web', refresh_token);
      expect([answer.status, answer.body.error ?? answer.body.scope]).toEqual([status, word]);
    } finally {
      await before.close();
      await after.close();
    }
  });
});

describe('the lifetime of a refresh token', () => {
  const day = 86_400;

  it('ends 30 days after its last use', async () => {
    const { refresh_token } = await logIn(host, 'spa');
    travel(29 * day);
    const second = await next('spa', refresh_token);
    travel(29 * day);
    const third = await next('spa', second);
    travel(30 * day + 1);
    expect(await refresh(host, 'spa', third)).toMatchObject(invalidGrant);
  });

  it('ends 180 days after the login, however often it was used', async () => {
    let { refresh_token: token } = await logIn(host, 'spa');
    for (let days = 0; days < 174; days += 29) {
      travel(29 * day);
      token = await next('spa', token);
    }
    travel(6 * day - 60);
    token = await next('spa', token);
    travel(61);
    expect(await refresh(host, 'spa', token)).toMatchObject(invalidGrant);
  });

  it('is whole also when the browser session and its grant are some hours old', async () => {
    const agent = browserAgent(host.origin);
    await logIn(host, 'spa', { agent });
    travel(23 * 3600);
    let { refresh_token: token } = await logIn(host, 'spa', { agent });
    for (let days = 0; days < 174; days += 29) {
      travel(29 * day);
      token = await next('spa', token);
    }
    travel(6 * day - 60);
    await next('spa', token);
  });
});

describe('a client with rotate: false', () => {
  let own: TestHost;
  beforeAll(async () => {
    own = await startHost({
      clients: clients.map((one) => ({
        ...one,
        ...(one.client_id === 'web' ? { rotate: false } : {}),
      })),
    });
  });
  afterAll(() => own.close());

  it('keeps its refresh token, as often as it is used', async () => {
    const { refresh_token } = await logIn(own, 'web');
    const [one, two] = [
      await refresh(own, 'web', refresh_token),
      await refresh(own, 'web', refresh_token),
    ];
    expect([one.body.refresh_token, two.body.refresh_token]).toEqual([
      refresh_token,
      refresh_token,
    ]);
    expect(one.body.access_token).not.toBe(two.body.access_token);
  });

  it('loses it 30 days after the last use, and 180 days after the login', async () => {
    const day = 86_400;
    const { refresh_token } = await logIn(own, 'web');
    for (let days = 0; days < 174; days += 29) {
      travel(29 * day);
      expect((await refresh(own, 'web', refresh_token)).status).toBe(200);
    }
    travel(6 * day + 1);
    expect(await refresh(own, 'web', refresh_token)).toMatchObject(invalidGrant);

    const { refresh_token: idle } = await logIn(own, 'web');
    travel(30 * day + 1);
    expect(await refresh(own, 'web', idle)).toMatchObject(invalidGrant);
  });
});
