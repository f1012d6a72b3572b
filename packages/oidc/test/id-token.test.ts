import { consentScreen } from '@gatehouse/consent';
import { hostLogin } from '@gatehouse/core';
import { openidConnect } from '@gatehouse/oidc';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { browserAgent } from '../../core/test/browser-agent.js';
import { type Person, startHost, type TestHost } from '../../core/test/host.js';
import { ada, answerOf, headingOf, start } from '../../core/test/interaction-page.js';
import { logIn, takeCode, redeem } from '../../core/test/oauth-client.js';
import { until } from '../../core/test/machine-client.js';
import { goHome, travel } from '../../core/test/travel.js';
import { clients, signedIn, startProvider } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider({ openid: { idToken: { lifetimeSeconds: 300 } } });
});
afterEach(goHome);
afterAll(() => host.close());

const openid = { scope: 'openid' } as const;
const idTokenOf = async (at: TestHost, client = 'web', params = {}): Promise<string> =>
  (await logIn(at, client, { params: { ...openid, ...params } })).id_token ?? '';

describe('the ID token', () => {
  it('says by which algorithm and key it is signed, and brings no key of its own [core-2-header]', async () => {
    const header = decodeProtectedHeader(await idTokenOf(host));
    expect(header).toEqual({
      alg: 'RS256',
      kid: expect.any(String),
      ...(header.typ && { typ: 'JWT' }),
    });
  });

  it('expires when the host says [core-2-exp]', async () => {
    const token = await idTokenOf(host);
    const { iat = 0, exp } = decodeJwt(token);
    expect(exp).toBe(iat + 300);
    const jwks = createRemoteJWKSet(new URL(`${host.issuer}/jwks`));
    await expect(jwtVerify(token, jwks)).resolves.toBeDefined();
    travel(301);
    await expect(jwtVerify(token, jwks)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
  });

  it('names a person by the same sub at every login, and for every client alike [core-2-sub, core-5.7-stable, core-8-public]', async () => {
    const subjects = await Promise.all(
      ['web', 'web', 'spa'].map(async (client) => decodeJwt(await idTokenOf(host, client)).sub),
    );
    expect(subjects).toEqual(['ada', 'ada', 'ada']);
  });

  it('of a host whose ids are no subjects is not issued [core-2-sub-syntax]', async () => {
    for (const id of ['é', 'x'.repeat(256), '']) {
      const own = await startProvider({
        accounts: {
          find: () => ({ id: 'ada', name: '', password: '', active: true }),
          id: () => id,
        },
      });
      const agent = browserAgent(own.origin);
      const page = await agent.submit(await start(own, agent, 'web', openid), ada);
      expect([id, page.location]).toEqual([id, undefined]);
      await own.close();
    }
  });

  it('has auth_time when max_age was asked, also with prompt=none [core-3.1.2.1-max-age-auth-time]', async () => {
    const { agent, tokens } = await signedIn(host);
    travel(50);
    const params = { ...openid, max_age: '600', prompt: 'none' };
    const { id_token = '' } = await logIn(host, 'web', { agent, params });
    const { auth_time, iat } = decodeJwt(id_token);
    expect(auth_time).toBe(decodeJwt(tokens.id_token).auth_time);
    expect(iat).toBeGreaterThanOrEqual(Number(auth_time) + 50);
  });

  it('is verified by the key that its kid names, before and after a rotation [core-10.1.1-rotation, core-3.1.3.7-signature]', async () => {
    const own = await startProvider();
    try {
      const old = await idTokenOf(own);
      await own.auth.keys.rotate();
      // The new key signs once whoever keeps the published ones has asked for them again.
      travel(605);
      const kidOf = (token: string): unknown => decodeProtectedHeader(token).kid;
      const isNew = (token: string): boolean => kidOf(token) !== kidOf(old);
      const fresh = await until(() => idTokenOf(own), isNew, 5000);
      expect(isNew(fresh)).toBe(true);
      const jwks = createRemoteJWKSet(new URL(`${own.issuer}/jwks`));
      for (const token of [old, fresh]) {
        const { payload } = await jwtVerify(token, jwks, { issuer: own.issuer, audience: 'web' });
        expect(payload.sub).toBe('ada');
      }
      const [head = '', body = '', signature = ''] = fresh.split('.');
      const forged = Buffer.from(JSON.stringify({ ...decodeJwt(fresh), sub: 'bob' }));
      for (const token of [
        `${head}.${forged.toString('base64url')}.${signature}`,
        `${head}.${body}.${old.split('.')[2]}`,
      ]) {
        await expect(jwtVerify(token, jwks)).rejects.toThrow();
      }
    } finally {
      await own.close();
    }
  });

  it('and its keys are public ones, each with kid, use and alg [core-10.1-public-keys]', async () => {
    const reply = await fetch(`${host.issuer}/jwks`);
    const { keys } = (await reply.json()) as { keys: Record<string, unknown>[] };
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatchObject({ kid: expect.any(String), use: 'sig', alg: expect.any(String) });
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
        expect(key).not.toHaveProperty(secret);
    }
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
  });
});

describe('the context class of a login', () => {
  it('stands in the ID token, and meets who cannot do without it [core-2-acr, core-5.5.1.1-met, core-3.1.3.7-acr]', async () => {
    const account: Person = { id: 'ada', name: 'Ada', password: '', active: true };
    const own = await startHost({
      clients: clients.map((client) => ({ ...client, scope: 'openid notes:read ledger:read' })),
      accounts: {
        find: () => account,
        id: (person) => person.id,
        fromRequest: () => ({ account, authTime: Date.now() / 1000 - 10, acr: 'urn:acme:mfa' }),
      },
      plugins: [
        hostLogin({ url: '/login' }),
        consentScreen(),
        openidConnect<Person>({ acr: ['urn:acme:mfa', 'urn:acme:other'] }),
      ],
    });
    const acr = { essential: true, values: ['urn:acme:mfa'] };
    for (const params of [
      {},
      { acr_values: 'urn:acme:mfa' },
      { claims: JSON.stringify({ id_token: { acr } }) },
    ]) {
      expect(decodeJwt(await idTokenOf(own, 'web', params)).acr).toBe('urn:acme:mfa');
    }
    await own.close();
  });
});

describe('a login that is not there', () => {
  it('gives no ID token: the code of a session that was ended meanwhile is void [core-3.1.2.3-active-session]', async () => {
    const agent = browserAgent(host.origin);
    const { code, verifier } = await takeCode(host, 'web', { agent, params: openid });
    await host.auth.revoke({ accountId: 'ada' });
    const { status, body } = await redeem(host, 'web', code, verifier);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    const page = await start(host, agent, 'web', openid);
    expect(headingOf(page)).toBe('Sign in');
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
  });
});
