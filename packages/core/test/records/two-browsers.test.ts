import type { Store } from '@gatehouse/core';
import { decodeJwt } from 'jose';
import { type BrowserAgent, browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import {
  authorizationUrl,
  call,
  codeOf,
  logIn,
  redeem,
  refresh,
  type Tokens,
  takeCode,
} from '../oauth-client.js';
import { testStore } from '../test-store.js';

let store: Store;
let host: TestHost;
let laptop: BrowserAgent;
let phone: BrowserAgent;
let onLaptop: Tokens;
let onPhone: Tokens;

beforeEach(async () => {
  store = testStore();
  host = await startHost({ store });
  [laptop, phone] = [browserAgent(host.origin), browserAgent(host.origin)];
  // A client that has to ask for consent: the second browser finds the answer of the first.
  onLaptop = await logIn(host, 'partner', { agent: laptop });
  onPhone = await logIn(host, 'partner', { agent: phone });
  host.log.length = 0;
});
afterEach(() => host.close());

/** The session that the tokens belong to. */
async function sessionOf({ access_token }: Tokens): Promise<string> {
  const id = String(decodeJwt(access_token).grant_id);
  const grant = await store.find('Grant', { id }, Math.floor(Date.now() / 1000));
  return grant?.keys.sessionUid ?? '';
}

const events = (): string[] => host.log.map(({ message }) => message);

/** The other browser goes on as if nothing had happened. */
async function expectPhoneLives(): Promise<void> {
  const { status, body } = await refresh(host, 'partner', onPhone.refresh_token);
  expect(status).toBe(200);
  onPhone = body as unknown as Tokens;
  const { verifier, challenge } = pkce();
  // Neither a login nor a consent page: the redirect is the first answer.
  const back = await phone.get(authorizationUrl(host, 'partner', challenge));
  expect((await redeem(host, 'partner', codeOf(back), verifier)).status).toBe(200);
}

/** This browser gets a new family without being asked for consent. */
async function expectLaptopStartsOver(asksLogin: boolean): Promise<void> {
  expect((await refresh(host, 'partner', onLaptop.refresh_token)).body.error).toBe('invalid_grant');
  const { verifier, challenge } = pkce();
  const page = await laptop.follow(authorizationUrl(host, 'partner', challenge));
  expect(page.text.includes('name="password"')).toBe(asksLogin);
  const login = { method: 'password', identifier: 'ada', password: 'ada-pw' };
  const back = asksLogin ? await laptop.submit(page, login) : page;
  const { status, body } = await redeem(host, 'partner', codeOf(back), verifier);
  expect(status).toBe(200);
  expect((await refresh(host, 'partner', String(body.refresh_token))).status).toBe(200);
  expect(events()).not.toContain('consent.granted');
}

describe('two browsers of one account at one client', () => {
  it('have two families: a replayed code in one leaves the other refreshing', async () => {
    const { code, verifier } = await takeCode(host, 'partner', { agent: laptop });
    expect((await redeem(host, 'partner', code, verifier)).status).toBe(200);
    expect((await redeem(host, 'partner', code, verifier)).body.error).toBe('invalid_grant');
    expect(events()).toContain('code.replayed');
    await expectPhoneLives();
    await expectLaptopStartsOver(false);
  });

  it('have two families: a replayed refresh token in one leaves the other refreshing', async () => {
    const { body } = await refresh(host, 'partner', onLaptop.refresh_token);
    await refresh(host, 'partner', String(body.refresh_token));
    const replayed = await refresh(host, 'partner', onLaptop.refresh_token);
    expect(replayed.body.error).toBe('invalid_grant');
    expect(events()).toContain('refresh_token.replayed');
    await expectPhoneLives();
    await expectLaptopStartsOver(false);
  });

  it('have two families: a revoked token in one leaves the other refreshing', async () => {
    await call(host, '/revoke', 'partner', { token: onLaptop.refresh_token });
    await expectPhoneLives();
    await expectLaptopStartsOver(false);
  });

  it('have two sessions: the end of one leaves the other refreshing', async () => {
    const uid = await sessionOf(onLaptop);
    await host.auth.revoke({ sessionId: uid });
    await expectPhoneLives();
    await expectLaptopStartsOver(true);
  });

  it('both end with the account, and so does the consent', async () => {
    await host.auth.revoke({ accountId: 'ada' });
    for (const { refresh_token } of [onLaptop, onPhone]) {
      expect((await refresh(host, 'partner', refresh_token)).body.error).toBe('invalid_grant');
    }
    await logIn(host, 'partner', { agent: phone });
    expect(events()).toContain('consent.granted');
  });
});

describe('two tabs of one browser at one client', () => {
  it('share a family, and refresh with their own tokens', async () => {
    const tab = await logIn(host, 'partner', { agent: laptop });
    for (const { refresh_token } of [onLaptop, tab]) {
      expect((await refresh(host, 'partner', refresh_token)).status).toBe(200);
    }
    expect(events()).not.toContain('consent.granted');
  });

  it('that refresh with the same token at the same moment both go on', async () => {
    const { refresh_token } = await logIn(host, 'spa', { agent: laptop });
    const answers = await Promise.all([1, 2].map(() => refresh(host, 'spa', refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    const next = String(answers[0]?.body.refresh_token);
    expect((await refresh(host, 'spa', next)).status).toBe(200);
  });
});
