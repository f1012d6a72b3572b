import { setTimeout as delay } from 'node:timers/promises';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { browserAgent } from '../../core/test/browser-agent.js';
import { ledgerApi, type Person } from '../../core/test/host.js';
import { bob, start as beginRequest } from '../../core/test/interaction-page.js';
import { call, logIn, refresh } from '../../core/test/oauth-client.js';
import type { LogoutReceiver } from '../../../scripts/testing/logout-receiver.js';
import { logOut, signIn, tellable, tellingSuite } from './backchannel.js';

const event = 'http://schemas.openid.net/event/backchannel-logout';
const suite = tellingSuite();
const { expectQuiet, outcomes, start, told } = suite;

describe('a logout at one client', () => {
  it('is told to every client that got an ID token in that session, and to no other [bcl-2.5-all]', async () => {
    const agent = browserAgent(suite.host.origin);
    const web = await signIn(suite.host, 'web', agent);
    const spa = await signIn(suite.host, 'spa', agent);
    await signIn(suite.host, 'partner', agent);
    // No ID token: it does not know of the session.
    await logIn(suite.host, 'ES256', { agent, params: { scope: 'notes:read' } });
    await signIn(suite.host, 'web', browserAgent(suite.host.origin));
    await logOut(suite.host, agent, web.idToken);
    const received = [...(await suite.receiver.wait(2))].sort((a, b) => (a.path < b.path ? 1 : -1));
    expect(received.map(({ path, claims }) => [path, claims.sid])).toEqual([
      ['/web?secret=in-the-url', web.sid],
      ['/spa?secret=in-the-url', spa.sid],
    ]);
    expect(web.sid).not.toBe(spa.sid);
    await expectQuiet(2);
    expect(
      (await outcomes(2)).map(({ name, clientId, accountId }) => [name, clientId, accountId]),
    ).toEqual(
      expect.arrayContaining([
        ['logout.delivered', 'web', 'ada'],
        ['logout.delivered', 'spa', 'ada'],
      ]),
    );
  });

  it('comes as a form with one token, by POST, without cookies [bcl-2.5-request]', async () => {
    const agent = browserAgent(suite.host.origin);
    const { idToken } = await signIn(suite.host, 'web', agent);
    await logOut(suite.host, agent, idToken);
    const [{ method, headers, form }] = (await suite.receiver.wait(1)) as [
      LogoutReceiver['received'][0],
    ];
    expect(method).toBe('POST');
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(headers).not.toHaveProperty('cookie');
    expect([...form.keys()]).toEqual(['logout_token']);
  });

  it.each([
    ['web', 'RS256'],
    ['ES256', 'ES256'],
    ['PS256', 'PS256'],
    ['EdDSA', 'EdDSA'],
  ])(
    'brings %s a logout token, signed as its ID tokens are [bcl-2.4-claims, bcl-2.6-alg]',
    async (clientId, alg) => {
      const agent = browserAgent(suite.host.origin);
      const { idToken, sid } = await signIn(suite.host, clientId, agent);
      await logOut(suite.host, agent, idToken);
      const [{ token }] = (await suite.receiver.wait(1)) as [LogoutReceiver['received'][0]];
      const jwks = createRemoteJWKSet(new URL(`${suite.host.origin}${suite.host.mount}/jwks`));
      const { payload, protectedHeader } = await jwtVerify(token, jwks, {
        issuer: suite.host.issuer,
        audience: clientId,
        subject: 'ada',
        algorithms: [alg],
        typ: 'logout+jwt',
      });
      expect(Object.keys(protectedHeader).sort()).toEqual(['alg', 'kid', 'typ']);
      expect(Object.keys(payload).sort()).toEqual(
        ['aud', 'events', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'].sort(),
      );
      expect(payload.events).toEqual({ [event]: {} });
      expect(payload.sid).toBe(sid);
      expect(Number(payload.exp) - Number(payload.iat)).toBe(120);
      expect(String(payload.jti).length).toBeGreaterThan(20);
    },
  );

  it('is told to a client with offline_access too, whose tokens live on [bcl-2.7-offline]', async () => {
    const agent = browserAgent(suite.host.origin);
    const params = { scope: 'openid offline_access', prompt: 'consent' };
    const { idToken, refreshToken } = await signIn(suite.host, 'web', agent, params);
    await logOut(suite.host, agent, idToken);
    await suite.receiver.wait(1);
    expect((await refresh(suite.host, 'web', refreshToken)).status).toBe(200);
  });

  it('is told with the sub that a pairwise client knows', async () => {
    const clients = tellable(suite.receiver.origin).map((client) =>
      client.client_id === 'web' ? { ...client, subject_type: 'pairwise' as const } : client,
    );
    const pairwise = await start({ clients });
    const agent = browserAgent(pairwise.origin);
    const { idToken } = await signIn(pairwise, 'web', agent);
    await logOut(pairwise, agent, idToken);
    const [{ claims }] = (await suite.receiver.wait(1)) as [LogoutReceiver['received'][0]];
    expect(claims.sub).toBe(decodeJwt(idToken).sub);
    expect(claims.sub).not.toBe('ada');
    await pairwise.close();
  });
});

describe('the sid of an ID token', () => {
  it('stays the same in a session and over refreshes, and differs between clients and sessions [bcl-2.1-sid]', async () => {
    const agent = browserAgent(suite.host.origin);
    const first = await signIn(suite.host, 'web', agent);
    const again = await signIn(suite.host, 'web', agent);
    const { body } = await refresh(suite.host, 'web', first.refreshToken);
    const partner = await signIn(suite.host, 'partner', agent);
    const elsewhere = await signIn(suite.host, 'web', browserAgent(suite.host.origin));
    expect(first.sid).toMatch(/^[\w-]{16,}$/);
    expect([again.sid, decodeJwt(String(body.id_token)).sid]).toEqual([first.sid, first.sid]);
    expect(new Set([first.sid, partner.sid, elsewhere.sid]).size).toBe(3);
  });
});

describe('the sid of an access token', () => {
  it('is told to its client, and to no API', async () => {
    const params = { scope: 'openid ledger:read' };
    const { access_token: token, id_token = '' } = await logIn(suite.host, 'web', { params });
    const { sid } = decodeJwt(id_token);
    expect((await call(suite.host, '/introspect', 'web', { token })).body).toMatchObject({ sid });
    const { client_id, client_secret } = ledgerApi;
    const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
    const headers = { authorization: `Basic ${basic}` };
    const asked = await call(suite.host, '/introspect', 'web', { token }, headers);
    expect(asked.body).toMatchObject({ active: true, client_id: 'web' });
    expect(asked.body).not.toHaveProperty('sid');
  });
});

describe('other ends of a session', () => {
  it('by auth.revoke({ sessionId }) and ({ accountId }) are told too', async () => {
    const sessions: (string | undefined)[] = [];
    const sids: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { sid } = await signIn(suite.host, 'spa', browserAgent(suite.host.origin));
      sids.push(sid);
    }
    const { grants } = await suite.host.auth.grants.list({ accountId: 'ada', clientId: 'spa' });
    sessions.push(...grants.slice(-1).map(({ sessionId }) => sessionId));
    await suite.host.auth.revoke({ sessionId: String(sessions[0]) });
    await suite.receiver.wait(1);
    await expectQuiet(1);
    await suite.host.auth.revoke({ accountId: 'ada' });
    await delay(500);
    const received = suite.receiver.received.filter(({ path }) => path.startsWith('/spa'));
    expect(received.map(({ claims }) => claims.sid)).toEqual(expect.arrayContaining(sids));
    // Each session once.
    const all = suite.receiver.received.map(({ path, claims }) => `${path} ${claims.sid}`);
    expect(new Set(all).size).toBe(all.length);
  });

  it('by a login of another account in its place are told too', async () => {
    const agent = browserAgent(suite.host.origin);
    const { sid } = await signIn(suite.host, 'web', agent);
    await logIn(suite.host, 'web', {
      agent,
      params: { scope: 'openid', prompt: 'login' },
      person: bob,
    });
    const [{ claims }] = (await suite.receiver.wait(1)) as [LogoutReceiver['received'][0]];
    expect([claims.sid, claims.sub]).toEqual([sid, 'ada']);
  });
});

describe('an end by the host', () => {
  it('is told too: another user of the host, its logout, and sessionsValidFrom', async () => {
    const people = new Map<string, Person>(
      ['ada', 'bob'].map((id) => [id, { id, name: id, password: '', active: true }]),
    );
    let user: Person | undefined = people.get('ada');
    let loggedInAt = Math.floor(Date.now() / 1000) - 100;
    const own = await start({
      accounts: {
        find: (id: string) => people.get(id),
        id: (person) => person.id,
        sessionsValidFrom: (person) => person.validFrom,
        fromRequest: () => user && { account: user, authTime: loggedInAt },
      },
    });
    const agent = browserAgent(own.origin);
    const sids = [(await signIn(own, 'web', agent)).sid];
    user = people.get('bob');
    sids.push((await signIn(own, 'web', agent)).sid);
    await suite.receiver.wait(1);
    user = undefined;
    await beginRequest(own, agent, 'web', { scope: 'openid', prompt: 'none' });
    await suite.receiver.wait(2);
    const ada = people.get('ada');
    user = ada;
    sids.push((await signIn(own, 'web', agent)).sid);
    if (ada) ada.validFrom = loggedInAt + 50;
    loggedInAt += 60;
    await beginRequest(own, agent, 'web', { scope: 'openid', prompt: 'none' });
    const received = await suite.receiver.wait(3);
    expect(received.map(({ claims }) => claims.sid)).toEqual(sids);
    expect(received.map(({ claims }) => claims.sub)).toEqual(['ada', 'bob', 'ada']);
    await own.close();
  });
});

describe('what a logout token cannot do', () => {
  it('pass for a hint or an access token, and stand in a log', async () => {
    const agent = browserAgent(suite.host.origin);
    const { idToken } = await signIn(suite.host, 'web', agent);
    await logOut(suite.host, agent, idToken);
    const [{ token }] = (await suite.receiver.wait(1)) as [LogoutReceiver['received'][0]];
    const hinted = await agent.get(`${suite.host.issuer}/logout?id_token_hint=${token}`);
    expect(hinted.status).toBe(400);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${suite.host.origin}/api/notes`, { headers })).status).toBe(401);
    expect(
      (await fetch(`${suite.host.origin}${suite.host.mount}/userinfo`, { headers })).status,
    ).toBe(401);
    await outcomes(1);
    expect(JSON.stringify([suite.host.log, told])).not.toMatch(
      /eyJ|in-the-url|127\.0\.0\.1:\d+\/web/,
    );
  });
});
