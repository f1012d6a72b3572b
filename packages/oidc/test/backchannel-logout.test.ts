import { setTimeout as delay } from 'node:timers/promises';
import { type ClientOptions, ConfigurationError, type Write } from '@gatehouse/core';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { type BrowserAgent, browserAgent } from '../../core/test/browser-agent.js';
import { breakableStore } from '../../core/test/broken-store.js';
import { type HostOptions, ledgerApi, type Person, type TestHost } from '../../core/test/host.js';
import { bob, start as beginRequest } from '../../core/test/interaction-page.js';
import { call, logIn, redeem, refresh, takeCode } from '../../core/test/oauth-client.js';
import { testStore } from '../../core/test/test-store.js';
import { goHome, travel } from '../../core/test/travel.js';
import { type LogoutReceiver, startReceiver } from '../../../scripts/testing/logout-receiver.js';
import { signedClients, startProvider } from './provider.js';

const event = 'http://schemas.openid.net/event/backchannel-logout';
let receiver: LogoutReceiver;
let host: TestHost;
const told: Record<string, unknown>[] = [];

/** Clients that are told, but for `partner`. */
function tellable(origin: string): readonly ClientOptions[] {
  return signedClients.map((client) =>
    client.client_id === 'partner' || client.redirect_uris === undefined
      ? client
      : {
          ...client,
          backchannel_logout_uri: `${origin}/${client.client_id}?secret=in-the-url`,
          ...(client.client_id === 'spa' ? { backchannel_logout_session_required: true } : {}),
        },
  );
}

async function start(options: HostOptions = {}): Promise<TestHost> {
  const outbound = { allowLoopback: true };
  const clients = tellable(receiver.origin);
  const started = await startProvider({ clients, outbound, ...options });
  for (const name of ['logout.delivered', 'logout.failed'] as const) {
    started.auth.on(name, (happened) => void told.push({ ...happened }));
  }
  return started;
}

beforeAll(async () => {
  receiver = await startReceiver();
  host = await start();
});
afterEach(() => {
  goHome();
  receiver.received.length = 0;
  receiver.answers = [];
  receiver.page = '';
  told.length = 0;
});
afterAll(async () => {
  await host.close();
  await receiver.close();
});

/** What a client learns of the session at a login. */
async function signIn(
  at: TestHost,
  clientId: string,
  agent: BrowserAgent,
  params: Record<string, string> = {},
): Promise<{ readonly idToken: string; readonly sid: unknown; readonly refreshToken: string }> {
  const redirect_uri = String(
    signedClients.find((client) => client.client_id === clientId)?.redirect_uris?.[0],
  );
  const walk = { agent, params: { scope: 'openid', redirect_uri, ...params } };
  const { code, verifier } = await takeCode(at, clientId, walk);
  const { body } = await redeem(at, clientId, code, verifier, { redirect_uri });
  const [idToken, refreshToken] = [String(body.id_token), String(body.refresh_token)];
  return { idToken, sid: decodeJwt(idToken).sid, refreshToken };
}

const logOut = (at: TestHost, agent: BrowserAgent, idToken: string): Promise<unknown> =>
  agent.get(`${at.issuer}/logout?id_token_hint=${idToken}`);

/** Waits for the events of so many deliveries. */
async function outcomes(count: number): Promise<readonly Record<string, unknown>[]> {
  for (let waited = 0; told.length < count && waited < 5000; waited += 20) await delay(20);
  return told;
}

/** Nothing more comes. */
async function expectQuiet(count: number): Promise<void> {
  await delay(300);
  expect(receiver.received).toHaveLength(count);
}

describe('a logout at one client', () => {
  it('is told to every client that got an ID token in that session, and to no other [bcl-2.5-all]', async () => {
    const agent = browserAgent(host.origin);
    const web = await signIn(host, 'web', agent);
    const spa = await signIn(host, 'spa', agent);
    await signIn(host, 'partner', agent);
    // No ID token: it does not know of the session.
    await logIn(host, 'ES256', { agent, params: { scope: 'notes:read' } });
    await signIn(host, 'web', browserAgent(host.origin));
    await logOut(host, agent, web.idToken);
    const received = [...(await receiver.wait(2))].sort((a, b) => (a.path < b.path ? 1 : -1));
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
    const agent = browserAgent(host.origin);
    const { idToken } = await signIn(host, 'web', agent);
    await logOut(host, agent, idToken);
    const [{ method, headers, form }] = (await receiver.wait(1)) as [LogoutReceiver['received'][0]];
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
      const agent = browserAgent(host.origin);
      const { idToken, sid } = await signIn(host, clientId, agent);
      await logOut(host, agent, idToken);
      const [{ token }] = (await receiver.wait(1)) as [LogoutReceiver['received'][0]];
      const jwks = createRemoteJWKSet(new URL(`${host.origin}${host.mount}/jwks`));
      const { payload, protectedHeader } = await jwtVerify(token, jwks, {
        issuer: host.issuer,
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
    const agent = browserAgent(host.origin);
    const params = { scope: 'openid offline_access', prompt: 'consent' };
    const { idToken, refreshToken } = await signIn(host, 'web', agent, params);
    await logOut(host, agent, idToken);
    await receiver.wait(1);
    expect((await refresh(host, 'web', refreshToken)).status).toBe(200);
  });

  it('is told with the sub that a pairwise client knows', async () => {
    const clients = tellable(receiver.origin).map((client) =>
      client.client_id === 'web' ? { ...client, subject_type: 'pairwise' as const } : client,
    );
    const pairwise = await start({ clients });
    const agent = browserAgent(pairwise.origin);
    const { idToken } = await signIn(pairwise, 'web', agent);
    await logOut(pairwise, agent, idToken);
    const [{ claims }] = (await receiver.wait(1)) as [LogoutReceiver['received'][0]];
    expect(claims.sub).toBe(decodeJwt(idToken).sub);
    expect(claims.sub).not.toBe('ada');
    await pairwise.close();
  });
});

describe('the sid of an ID token', () => {
  it('stays the same in a session and over refreshes, and differs between clients and sessions [bcl-2.1-sid]', async () => {
    const agent = browserAgent(host.origin);
    const first = await signIn(host, 'web', agent);
    const again = await signIn(host, 'web', agent);
    const { body } = await refresh(host, 'web', first.refreshToken);
    const partner = await signIn(host, 'partner', agent);
    const elsewhere = await signIn(host, 'web', browserAgent(host.origin));
    expect(first.sid).toMatch(/^[\w-]{16,}$/);
    expect([again.sid, decodeJwt(String(body.id_token)).sid]).toEqual([first.sid, first.sid]);
    expect(new Set([first.sid, partner.sid, elsewhere.sid]).size).toBe(3);
  });
});

describe('the sid of an access token', () => {
  it('is told to its client, and to no API', async () => {
    const params = { scope: 'openid ledger:read' };
    const { access_token: token, id_token = '' } = await logIn(host, 'web', { params });
    const { sid } = decodeJwt(id_token);
    expect((await call(host, '/introspect', 'web', { token })).body).toMatchObject({ sid });
    const { client_id, client_secret } = ledgerApi;
    const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
    const headers = { authorization: `Basic ${basic}` };
    const asked = await call(host, '/introspect', 'web', { token }, headers);
    expect(asked.body).toMatchObject({ active: true, client_id: 'web' });
    expect(asked.body).not.toHaveProperty('sid');
  });
});

describe('other ends of a session', () => {
  it('by auth.revoke({ sessionId }) and ({ accountId }) are told too', async () => {
    const sessions: (string | undefined)[] = [];
    const sids: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { sid } = await signIn(host, 'spa', browserAgent(host.origin));
      sids.push(sid);
    }
    const { grants } = await host.auth.grants.list({ accountId: 'ada', clientId: 'spa' });
    sessions.push(...grants.slice(-1).map(({ sessionId }) => sessionId));
    await host.auth.revoke({ sessionId: String(sessions[0]) });
    await receiver.wait(1);
    await expectQuiet(1);
    await host.auth.revoke({ accountId: 'ada' });
    await delay(500);
    const received = receiver.received.filter(({ path }) => path.startsWith('/spa'));
    expect(received.map(({ claims }) => claims.sid)).toEqual(expect.arrayContaining(sids));
    // Each session once.
    const all = receiver.received.map(({ path, claims }) => `${path} ${claims.sid}`);
    expect(new Set(all).size).toBe(all.length);
  });

  it('by a login of another account in its place are told too', async () => {
    const agent = browserAgent(host.origin);
    const { sid } = await signIn(host, 'web', agent);
    await logIn(host, 'web', { agent, params: { scope: 'openid', prompt: 'login' }, person: bob });
    const [{ claims }] = (await receiver.wait(1)) as [LogoutReceiver['received'][0]];
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
    await receiver.wait(1);
    user = undefined;
    await beginRequest(own, agent, 'web', { scope: 'openid', prompt: 'none' });
    await receiver.wait(2);
    const ada = people.get('ada');
    user = ada;
    sids.push((await signIn(own, 'web', agent)).sid);
    if (ada) ada.validFrom = loggedInAt + 50;
    loggedInAt += 60;
    await beginRequest(own, agent, 'web', { scope: 'openid', prompt: 'none' });
    const received = await receiver.wait(3);
    expect(received.map(({ claims }) => claims.sid)).toEqual(sids);
    expect(received.map(({ claims }) => claims.sub)).toEqual(['ada', 'bob', 'ada']);
    await own.close();
  });
});

describe('what a client answers', () => {
  it.each([200, 204])('%s: it is done [bcl-2.8-ok]', async (status) => {
    receiver.answers = [status];
    const agent = browserAgent(host.origin);
    const { idToken } = await signIn(host, 'web', agent);
    await logOut(host, agent, idToken);
    expect(await outcomes(1)).toMatchObject([{ name: 'logout.delivered', attempt: 1 }]);
    travel(3600);
    await delay(1500);
    await expectQuiet(1);
  });

  it('200 with a page of megabytes, which is not read: it is done', async () => {
    receiver.page = 'x'.repeat(5_000_000);
    const agent = browserAgent(host.origin);
    const { idToken } = await signIn(host, 'web', agent);
    await logOut(host, agent, idToken);
    expect(await outcomes(1)).toMatchObject([{ name: 'logout.delivered', attempt: 1 }]);
  });

  it('400: it is not sent again, and an event says so [bcl-2.8-bad-request]', async () => {
    receiver.answers = [400];
    const agent = browserAgent(host.origin);
    const { idToken } = await signIn(host, 'web', agent);
    await logOut(host, agent, idToken);
    const reason = 'the client answered 400';
    expect(await outcomes(1)).toMatchObject([{ name: 'logout.failed', clientId: 'web', reason }]);
    travel(3600);
    await delay(1500);
    await expectQuiet(1);
  });

  it('anything else: it is sent again, later, with the same jti and signed anew [bcl-2.5-retransmit]', async () => {
    receiver.answers = [500, 503, 404, '/elsewhere'];
    const agent = browserAgent(host.origin);
    const ids = ['web', 'spa', 'ES256', 'PS256'];
    const hints: string[] = [];
    for (const id of ids) hints.push((await signIn(host, id, agent)).idToken);
    await logOut(host, agent, hints[0] ?? '');
    await receiver.wait(4);
    await expectQuiet(4);
    travel(20);
    const received = await receiver.wait(8);
    for (const id of ids) {
      const [first, second] = received.filter(({ claims }) => claims.aud === id);
      expect(second?.path).toBe(first?.path);
      expect(second?.claims.jti).toBe(first?.claims.jti);
      expect(second?.claims.sid).toBe(first?.claims.sid);
      expect(second?.token).not.toBe(first?.token);
      expect(Number(second?.claims.iat)).toBeGreaterThanOrEqual(Number(first?.claims.iat) + 20);
    }
    const delivered = Array(4).fill({ name: 'logout.delivered', attempt: 2 });
    expect(await outcomes(4)).toMatchObject(delivered);
    // No redirect was followed.
    expect(received.map(({ path }) => path)).not.toContain('/elsewhere');
    expect(new Set(received.map(({ claims }) => claims.jti)).size).toBe(4);
  });

  it('nothing, for a day: it is given up, and an event says so', async () => {
    receiver.answers = Array(10).fill(500);
    const agent = browserAgent(host.origin);
    const { idToken } = await signIn(host, 'web', agent);
    await logOut(host, agent, idToken);
    await receiver.wait(1);
    await delay(100);
    travel(86_400 + 60);
    for (let waited = 0; told.length === 0 && waited < 10_000; waited += 50) await delay(50);
    expect(told).toMatchObject([{ name: 'logout.failed', reason: 'its time is over', attempt: 1 }]);
    await expectQuiet(1);
  });
});

describe('a logout that waits', () => {
  it('leaves with the very commit that ends the session, and not at all when that fails', async () => {
    const commits: (readonly Write[])[] = [];
    const inner = testStore();
    const store = breakableStore({
      ...inner,
      async commit(writes, now) {
        await inner.commit(writes, now);
        commits.push(writes);
      },
    });
    const own = await start({ store });
    const agent = browserAgent(own.origin);
    const { idToken } = await signIn(own, 'web', agent);
    store.break('commit');
    await logOut(own, agent, idToken);
    store.mend();
    await expectQuiet(0);
    await logOut(own, agent, idToken);
    await receiver.wait(1);
    const ending = commits.filter((writes) =>
      // Ended, a session is put as expired: that is conditional on what was read.
      writes.some((write) => 'put' in write && write.put.kind === 'Session' && !write.put.payload),
    );
    expect(ending).toHaveLength(1);
    const left = ending[0]?.filter((write) => 'insert' in write && write.insert.kind === 'Job');
    expect(left).toHaveLength(1);
    // Nothing of it can be read in the store.
    expect(JSON.stringify(commits)).not.toMatch(/backchannel_logout|logout\+jwt/);
    await own.close();
  });

  it('goes where the client is told of logouts by then, and nowhere once it has gone', async () => {
    const base = { redirect_uris: ['https://web.test/cb'], scope: 'openid', firstParty: true };
    const publicClient = { ...base, token_endpoint_auth_method: 'none' as const };
    for (const client_id of ['moving', 'leaving']) {
      const backchannel_logout_uri = `${receiver.origin}/${client_id}`;
      await host.auth.clients.create({ ...publicClient, client_id, backchannel_logout_uri });
    }
    receiver.answers = [500, 500];
    const agent = browserAgent(host.origin);
    const redirect_uri = 'https://web.test/cb';
    const more = { params: { scope: 'openid', redirect_uri }, agent };
    let hint = '';
    for (const client_id of ['moving', 'leaving']) {
      const { code, verifier: code_verifier } = await takeCode(host, client_id, more);
      const grant = { grant_type: 'authorization_code', code, code_verifier, redirect_uri };
      hint = String((await call(host, '/token', client_id, grant)).body.id_token);
    }
    await logOut(host, agent, hint);
    await receiver.wait(2);
    await host.auth.clients.update('moving', {
      backchannel_logout_uri: `${receiver.origin}/moved`,
    });
    await host.auth.clients.remove('leaving');
    await delay(100);
    travel(20);
    await receiver.wait(3);
    await delay(1000);
    await expectQuiet(3);
    expect(receiver.received[2]?.path).toBe('/moved');
    await host.auth.clients.remove('moving');
  });
});

describe('what a logout token cannot do', () => {
  it('pass for a hint or an access token, and stand in a log', async () => {
    const agent = browserAgent(host.origin);
    const { idToken } = await signIn(host, 'web', agent);
    await logOut(host, agent, idToken);
    const [{ token }] = (await receiver.wait(1)) as [LogoutReceiver['received'][0]];
    const hinted = await agent.get(`${host.issuer}/logout?id_token_hint=${token}`);
    expect(hinted.status).toBe(400);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${host.origin}/api/notes`, { headers })).status).toBe(401);
    expect((await fetch(`${host.origin}${host.mount}/userinfo`, { headers })).status).toBe(401);
    await outcomes(1);
    expect(JSON.stringify([host.log, told])).not.toMatch(/eyJ|in-the-url|127\.0\.0\.1:\d+\/web/);
  });
});

describe('the registration of backchannel_logout_uri', () => {
  const problemsOf = async (
    members: Partial<ClientOptions>,
    options: HostOptions = {},
  ): Promise<readonly string[]> => {
    const [web = { client_id: 'web' }] = signedClients;
    const started = startProvider({ clients: [{ ...web, ...members }], ...options });
    const error = await started.then(
      (running) => running.close(),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ConfigurationError)) return [];
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  };

  it.each([
    ['http://rp.test/out', 'must be an https: URL'],
    ['https://rp.test/out#x', 'must not have a fragment'],
    ['https://user:pw@rp.test/', 'must be an https: URL'],
    ['javascript:alert(1)', 'must be an https: URL'],
    ['not a url', 'must be an https: URL'],
    ['http://127.0.0.1:4000/out', 'leads to "127.0.0.1:4000"'],
    ['http://localhost:4000/out', 'leads to "localhost:4000"'],
    ['https://10.0.0.1/out', 'leads to "10.0.0.1"'],
    ['https://169.254.169.254/latest', 'leads to "169.254.169.254"'],
    ['https://[::1]/', 'leads to "[::1]"'],
  ])('refuses %s [bcl-2.2-uri]', async (backchannel_logout_uri, message) => {
    const problems = await problemsOf({ backchannel_logout_uri });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`clients[0].backchannel_logout_uri: ${message}`);
  });

  it('takes a private address in a network that is allowed, which production refuses unless waived', async () => {
    const backchannel_logout_uri = 'https://10.20.0.1/out';
    const outbound = { allowNetworks: ['10.20.0.0/16'] };
    expect(await problemsOf({ backchannel_logout_uri }, { outbound })).toEqual([]);
  });

  it('refuses the same of a client that is made or changed while the server runs', async () => {
    const shut = await startProvider();
    const client = { redirect_uris: ['https://web.test/cb'], scope: 'openid' };
    const { client_id } = await shut.auth.clients.create(client);
    for (const backchannel_logout_uri of [
      `${receiver.origin}/`,
      'https://169.254.169.254/latest',
      'https://0x7f.1/',
      'http://rp.test/',
    ]) {
      const members = { backchannel_logout_uri };
      for (const change of [
        () => shut.auth.clients.create({ ...client, ...members }),
        () => shut.auth.clients.update(client_id, members),
      ]) {
        await expect(change()).rejects.toMatchObject({ code: 'ERR_OPTIONS_INVALID' });
      }
    }
    await shut.close();
  });

  it('refuses what is no URL at all, and a requirement that is none', async () => {
    const hostile = [{}, [], 1, null, '\0', 'x'.repeat(1_000_000)];
    for (const value of hostile) {
      const problems = await problemsOf({ backchannel_logout_uri: value as string });
      expect(problems[0]).toContain('backchannel_logout_uri: must be');
    }
    const required = { backchannel_logout_session_required: 'yes' as never };
    expect(await problemsOf(required)).toHaveLength(1);
  });
});
