import { setTimeout as delay } from 'node:timers/promises';
import type { Write } from '@gatehouse/core';
import { browserAgent } from '../../core/test/browser-agent.js';
import { breakableStore } from '../../core/test/broken-store.js';
import { call, takeCode } from '../../core/test/oauth-client.js';
import { testStore } from '../../core/test/test-store.js';
import { travel } from '../../core/test/travel.js';
import { logOut, signIn, tellingSuite } from './backchannel.js';

const suite = tellingSuite();
const { expectQuiet, outcomes, start, told } = suite;

describe('what a client answers', () => {
  it.each([200, 204])('%s: it is done [bcl-2.8-ok]', async (status) => {
    suite.receiver.answers = [status];
    const agent = browserAgent(suite.host.origin);
    const { idToken } = await signIn(suite.host, 'web', agent);
    await logOut(suite.host, agent, idToken);
    expect(await outcomes(1)).toMatchObject([{ name: 'logout.delivered', attempt: 1 }]);
    travel(3600);
    await delay(1500);
    await expectQuiet(1);
  });

  it('200 with a page of megabytes, which is not read: it is done', async () => {
    suite.receiver.page = 'x'.repeat(5_000_000);
    const agent = browserAgent(suite.host.origin);
    const { idToken } = await signIn(suite.host, 'web', agent);
    await logOut(suite.host, agent, idToken);
    expect(await outcomes(1)).toMatchObject([{ name: 'logout.delivered', attempt: 1 }]);
  });

  it('400: it is not sent again, and an event says so [bcl-2.8-bad-request]', async () => {
    suite.receiver.answers = [400];
    const agent = browserAgent(suite.host.origin);
    const { idToken } = await signIn(suite.host, 'web', agent);
    await logOut(suite.host, agent, idToken);
    const reason = 'the client answered 400';
    expect(await outcomes(1)).toMatchObject([{ name: 'logout.failed', clientId: 'web', reason }]);
    travel(3600);
    await delay(1500);
    await expectQuiet(1);
  });

  it('anything else: it is sent again, later, with the same jti and signed anew [bcl-2.5-retransmit]', async () => {
    suite.receiver.answers = [500, 503, 404, '/elsewhere'];
    const agent = browserAgent(suite.host.origin);
    const ids = ['web', 'spa', 'ES256', 'PS256'];
    const hints: string[] = [];
    for (const id of ids) hints.push((await signIn(suite.host, id, agent)).idToken);
    await logOut(suite.host, agent, hints[0] ?? '');
    await suite.receiver.wait(4);
    await expectQuiet(4);
    travel(20);
    const received = await suite.receiver.wait(8);
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
    suite.receiver.answers = Array(10).fill(500);
    const agent = browserAgent(suite.host.origin);
    const { idToken } = await signIn(suite.host, 'web', agent);
    await logOut(suite.host, agent, idToken);
    await suite.receiver.wait(1);
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
    await suite.receiver.wait(1);
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
      const backchannel_logout_uri = `${suite.receiver.origin}/${client_id}`;
      await suite.host.auth.clients.create({ ...publicClient, client_id, backchannel_logout_uri });
    }
    suite.receiver.answers = [500, 500];
    const agent = browserAgent(suite.host.origin);
    const redirect_uri = 'https://web.test/cb';
    const more = { params: { scope: 'openid', redirect_uri }, agent };
    let hint = '';
    for (const client_id of ['moving', 'leaving']) {
      const { code, verifier: code_verifier } = await takeCode(suite.host, client_id, more);
      const grant = { grant_type: 'authorization_code', code, code_verifier, redirect_uri };
      hint = String((await call(suite.host, '/token', client_id, grant)).body.id_token);
    }
    await logOut(suite.host, agent, hint);
    await suite.receiver.wait(2);
    await suite.host.auth.clients.update('moving', {
      backchannel_logout_uri: `${suite.receiver.origin}/moved`,
    });
    await suite.host.auth.clients.remove('leaving');
    await delay(100);
    travel(20);
    await suite.receiver.wait(3);
    await delay(1000);
    await expectQuiet(3);
    expect(suite.receiver.received[2]?.path).toBe('/moved');
    await suite.host.auth.clients.remove('moving');
  });
});
