import type { TestHost } from '../../core/test/host.js';
import { start } from '../../core/test/interaction-page.js';
import { introspect } from '../../core/test/machine-client.js';
import { call, logIn, redeem, refresh, takeCode } from '../../core/test/oauth-client.js';
import { notesOf } from '../../core/test/third-party-client.js';
import { goHome, travel } from '../../core/test/travel.js';
import { clients, signedIn, startProvider, userinfo } from './provider.js';

let host: TestHost;
beforeEach(async () => {
  host = await startProvider();
});
afterEach(async () => {
  goHome();
  await host.close();
});

const formats = {
  'a JWT of an API': 'openid notes:read',
  'an opaque token of an API': 'openid ledger:read',
  'an opaque token of none': 'openid',
} as const;

const ends: Readonly<Record<string, (sessionId: string) => Promise<void> | void>> = {
  'auth.sessions.revoke': (sessionId) => host.auth.sessions.revoke({ sessionId }),
  'auth.revoke({ accountId })': () => host.auth.revoke({ accountId: 'ada' }),
  'sessionsValidFrom': () => change({ validFrom: Math.floor(Date.now() / 1000) + 1 }),
  'deactivation': () => change({ active: false }),
};

function change(changes: Partial<{ validFrom: number; active: boolean }>): void {
  const person = host.people.get('ada');
  if (person) Object.assign(person, changes);
}

async function sessionOf(accountId: string): Promise<string> {
  const { sessions } = await host.auth.sessions.list({ accountId });
  return sessions.at(-1)?.sessionId ?? '';
}

describe.each(Object.keys(ends))('after %s', (end) => {
  it.each(Object.entries(formats))(
    '%s opens userinfo no more, is inactive, and its refresh token is void, at once',
    async (_, scope) => {
      const tokens = await logIn(host, 'web', { params: { scope } });
      expect((await userinfo(host, tokens.access_token)).status).toBe(200);
      expect((await introspect(host, tokens.access_token)).body.active).toBe(true);
      await ends[end]?.(await sessionOf('ada'));
      const told = await userinfo(host, tokens.access_token);
      expect([told.status, told.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('error="invalid_token"'),
      ]);
      for (const token of [tokens.access_token, tokens.refresh_token]) {
        expect((await introspect(host, token)).body).toEqual({ active: false });
      }
      const { status, body } = await refresh(host, 'web', tokens.refresh_token);
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
    },
  );

  it('a code that was issued before is void', async () => {
    const { code, verifier } = await takeCode(host, 'web', { params: { scope: 'openid' } });
    await ends[end]?.(await sessionOf('ada'));
    expect((await redeem(host, 'web', code, verifier)).body.error).toBe('invalid_grant');
  });
});

describe('offline_access (Core §11)', () => {
  const offline = { scope: 'openid offline_access notes:read', prompt: 'consent' };

  it('ends with the session that an operator revokes', async () => {
    const tokens = await logIn(host, 'web', { params: offline });
    await host.auth.sessions.revoke({ sessionId: await sessionOf('ada') });
    expect((await refresh(host, 'web', tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await userinfo(host, tokens.access_token)).status).toBe(401);
  });

  it('lives on after the session expired, and what was issued without it does not', async () => {
    const day = 86_400;
    await host.close();
    host = await startProvider({ session: { idleSeconds: day, absoluteSeconds: day } });
    const bound = await logIn(host, 'web', { params: { scope: 'openid notes:read' } });
    const lasting = await logIn(host, 'web', { params: offline });
    travel(day + 100);
    expect((await refresh(host, 'web', lasting.refresh_token)).status).toBe(200);
    expect((await refresh(host, 'web', bound.refresh_token)).body.error).toBe('invalid_grant');
  });
});

describe('a JWT that ends with the session', () => {
  it('opens userinfo no more once the session has expired, long before its own time', async () => {
    await host.close();
    host = await startProvider({ session: { idleSeconds: 60, absoluteSeconds: 60 } });
    const bound = await logIn(host, 'web', { params: { scope: 'openid notes:read' } });
    const lasting = await logIn(host, 'web', {
      params: { scope: 'openid offline_access notes:read', prompt: 'consent' },
    });
    travel(90);
    expect((await userinfo(host, bound.access_token)).status).toBe(401);
    expect((await introspect(host, bound.access_token)).body).toEqual({ active: false });
    expect((await userinfo(host, lasting.access_token)).status).toBe(200);
  });

  it('is that of one login: another account in the browser ends it', async () => {
    const { agent, tokens } = await signedIn(host);
    expect(await notesOf(host, tokens.access_token)).toEqual({ who: 'ada' });
    const page = await start(host, agent, 'web', { scope: 'openid', prompt: 'login' });
    await agent.submit(page, { method: 'password', identifier: 'bob', password: 'bob-pw' });
    expect((await userinfo(host, tokens.access_token)).status).toBe(401);
    expect(await notesOf(host, tokens.access_token)).toBe(401);
    expect((await refresh(host, 'web', tokens.refresh_token)).body.error).toBe('invalid_grant');
  });
});

describe('a client that has lost the scope openid', () => {
  it('gets no ID token by its refresh tokens, and nothing that opens userinfo (Core §12)', async () => {
    await host.close();
    host = await startProvider({ clients: clients.filter(({ client_id }) => client_id !== 'web') });
    const [web] = clients.filter(({ client_id }) => client_id === 'web');
    if (!web) throw new Error('no client');
    const { client_id: _id, client_secret: _secret, firstParty: _first, ...more } = web;
    const client = await host.auth.clients.create({ client_id: 'web', firstParty: true, ...more });
    const secret = client.client_secret ?? '';
    const basic = { authorization: `Basic ${Buffer.from(`web:${secret}`).toString('base64')}` };
    const tokens: Record<string, string> = {};
    for (const scope of ['openid notes:read', 'openid']) {
      const { code, verifier } = await takeCode(host, 'web', { params: { scope } });
      const fields = {
        grant_type: 'authorization_code',
        ...{ code, code_verifier: verifier, redirect_uri: 'https://web.test/cb' },
      };
      const { body } = await call(host, '/token', 'web', fields, basic);
      expect(body).toHaveProperty('id_token');
      tokens[scope] = String(body.refresh_token);
    }
    await host.auth.clients.update('web', { scope: 'notes:read' });
    const renew = (scope: string) =>
      call(
        host,
        '/token',
        'web',
        { grant_type: 'refresh_token', refresh_token: tokens[scope] ?? '' },
        basic,
      );
    const { status, body } = await renew('openid notes:read');
    expect([status, body.scope]).toEqual([200, 'notes:read']);
    expect(body).not.toHaveProperty('id_token');
    expect((await userinfo(host, String(body.access_token))).status).toBe(403);
    const none = await renew('openid');
    expect([none.status, none.body.error]).toEqual([400, 'invalid_scope']);
  });
});
