import type { ClientOptions } from '@gatehouse/core';
import { decodeJwt } from 'jose';
import { type BrowserAgent, browserAgent } from '../../core/test/browser-agent.js';
import { ledgerApi, type TestHost } from '../../core/test/host.js';
import { answerOf, bob, headingOf, start } from '../../core/test/interaction-page.js';
import { introspect, openApi } from '../../core/test/machine-client.js';
import { call, refresh } from '../../core/test/oauth-client.js';
import { startProvider, userinfo } from './provider.js';

import { clients, subjectOf, tokensOf } from './pairwise.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider({ clients });
});
afterAll(() => host.close());

describe('the subject of a pairwise client (Core §8.1)', () => {
  it('is another one than at a client of another sector, and the same each time [core-8.1-another]', async () => {
    const [web, again, spa] = [
      await subjectOf(host, 'web'),
      await subjectOf(host, 'web'),
      await subjectOf(host, 'spa'),
    ];
    expect(web).toMatch(/^[\w-]{43}$/);
    expect(again).toBe(web);
    expect(spa).not.toBe(web);
    expect(await subjectOf(host, 'web', bob as never)).not.toBe(web);
  });

  it('is the same at a client of the same sector [core-8.1-sector]', async () => {
    expect(await subjectOf(host, 'sibling')).toBe(await subjectOf(host, 'web'));
  });

  it('is the account id at a public client', async () => {
    expect(await subjectOf(host, 'partner')).toBe('ada');
  });

  it('is the same in userinfo, plain and signed, and after a refresh (§5.3.2, §12.2) [core-8.1-everywhere]', async () => {
    const tokens = await tokensOf(host, 'web', { scope: 'openid profile' });
    const { sub } = decodeJwt(tokens.id_token);
    const { body } = await userinfo(host, tokens.access_token);
    expect(body).toMatchObject({ sub, name: 'Ada' });
    const renewed = await refresh(host, 'web', tokens.refresh_token);
    expect(decodeJwt(String(renewed.body.id_token)).sub).toBe(sub);
    const { access_token } = await tokensOf(host, 'sibling');
    expect(decodeJwt((await userinfo(host, access_token)).text).sub).toBe(sub);
  });

  it('is announced', async () => {
    const reply = await fetch(`${host.issuer}/.well-known/openid-configuration`);
    expect(await reply.json()).toMatchObject({ subject_types_supported: ['public', 'pairwise'] });
  });
});

describe('access tokens of a pairwise client', () => {
  const scope = 'openid notes:read';

  it('open the API, which is told the account, and userinfo, which tells the subject', async () => {
    const { access_token } = await tokensOf(host, 'web', { scope });
    expect(access_token).not.toContain('.');
    expect((await openApi(host, '/api/notes', access_token)).body).toEqual({ who: 'ada' });
    expect((await userinfo(host, access_token)).body.sub).toBe(await subjectOf(host, 'web'));
  });

  it('are told of by the subject to the client, by the account to the API', async () => {
    const opaque = await tokensOf(host, 'web', { scope: 'openid ledger:read' });
    const own = await introspect(host, opaque.access_token);
    expect(own.body).toMatchObject({ active: true, sub: await subjectOf(host, 'web') });
    const api = await introspect(host, opaque.access_token, ledgerApi.client_id);
    expect(api.body).toMatchObject({ active: true, sub: 'ada' });
    const token = await introspect(host, opaque.refresh_token);
    expect(token.body).toMatchObject({ active: true, sub: await subjectOf(host, 'web') });
  });

  it('without openid name the account no more than with it', async () => {
    const { access_token, refresh_token } = await tokensOf(host, 'web', { scope: 'notes:read' });
    expect(access_token).not.toContain('.');
    for (const token of [access_token, refresh_token]) {
      const { body } = await introspect(host, token);
      expect(body.sub).toBe(await subjectOf(host, 'web'));
    }
  });

  it('leave the account id out of everything that the client is answered', async () => {
    const tokens = await tokensOf(host, 'web', { scope });
    const renewed = await refresh(host, 'web', tokens.refresh_token);
    const answers = [
      decodeJwt(tokens.id_token),
      decodeJwt(String(renewed.body.id_token)),
      renewed.body,
      (await userinfo(host, tokens.access_token)).body,
      (await introspect(host, tokens.access_token)).body,
      (await introspect(host, String(renewed.body.access_token))).body,
    ];
    for (const answer of answers) {
      expect(Object.values(answer)).not.toContain('ada');
    }
  });
});

describe('what names a person to a pairwise client', () => {
  const ask = (agent: BrowserAgent, params: Record<string, string>): ReturnType<typeof start> =>
    start(host, agent, 'web', { scope: 'openid', prompt: 'none', ...params });

  it('id_token_hint: its own subject is met, that of another person is login_required (§3.1.2.1) [core-8.1-hint]', async () => {
    const agent = browserAgent(host.origin);
    const { id_token } = await tokensOf(host, 'web', { agent });
    expect(answerOf(await ask(agent, { id_token_hint: id_token }))).toHaveProperty('code');
    const other = await tokensOf(host, 'web', { person: bob as never });
    const back = await ask(agent, { id_token_hint: other.id_token });
    expect(answerOf(back)).toMatchObject({ error: 'login_required' });
  });

  it('sub in the claims parameter: its own is met; the account id, which it should not know, is not (§5.5.1) [core-8.1-hint]', async () => {
    const agent = browserAgent(host.origin);
    const { sub } = decodeJwt((await tokensOf(host, 'web', { agent })).id_token);
    const naming = (value: unknown): string => JSON.stringify({ id_token: { sub: { value } } });
    expect(answerOf(await ask(agent, { claims: naming(sub) }))).toHaveProperty('code');
    for (const wrong of ['ada', await subjectOf(host, 'spa')]) {
      const back = await ask(agent, { claims: naming(wrong) });
      expect(answerOf(back)).toMatchObject({ error: 'login_required' });
    }
  });

  it('the hint of a logout: at once for its own, a question for another person (RP-Initiated Logout §2) [rplogout-2-pairwise]', async () => {
    const agent = browserAgent(host.origin);
    const { id_token } = await tokensOf(host, 'web', { agent });
    const url = (hint: string): string =>
      `${host.issuer}/logout?${new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: 'https://web.test/bye' })}`;
    const other = await tokensOf(host, 'web', { person: bob as never });
    expect(headingOf(await agent.get(url(other.id_token)))).toBe('Do you want to sign out?');
    expect((await agent.get(url(id_token))).location).toBe('https://web.test/bye');
    expect(answerOf(await ask(agent, {}))).toMatchObject({ error: 'login_required' });
  });
});

it('a machine token of a pairwise client names the client', async () => {
  const robot: ClientOptions = {
    client_id: 'machine',
    client_secret: 'machine-secret-0123456789-abcdefghijkl',
    grant_types: ['client_credentials'],
    scope: 'notes:read',
    subject_type: 'pairwise',
  };
  const own = await startProvider({ clients: [robot] });
  const asked = { grant_type: 'client_credentials', scope: 'notes:read' };
  const { body } = await call(own, '/token', 'machine', asked);
  expect(decodeJwt(String(body.access_token)).sub).toBe('machine');
  await own.close();
});
