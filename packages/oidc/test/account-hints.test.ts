import { decodeJwt } from 'jose';
import { pkce } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { answerOf, bob, headingOf, start } from '../../core/test/interaction-page.js';
import { authorizationUrl, codeOf, redeem } from '../../core/test/oauth-client.js';
import { clients, signedIn, startProvider } from './provider.js';
import { pushingAt } from './push-request.js';
import { clientKey, objectClaims, requestParams, sign, signingClients } from './request-object.js';
import { buttonsOf, none, openid, select, severalAccounts } from './several-accounts.js';

let host: TestHost;
beforeEach(async () => {
  host = await startProvider();
});
afterEach(() => host.close());

const { who, both } = severalAccounts(() => host);

describe('a hint of who shall be signed in (Core §3.1.2.1)', () => {
  it('of another account of the browser answers prompt=none, and makes it the browser’s', async () => {
    const { agent, hint } = await both();
    expect(await who(agent, { ...none, id_token_hint: hint })).toBe('ada');
    expect(await who(agent)).toBe('ada');
    expect(Object.keys(buttonsOf(await start(host, agent, 'web', select)))).toContain(
      'Continue as Bob',
    );
  });

  it('of a pairwise client names the account by the name that the client knows (Core §8.1)', async () => {
    await host.close();
    const [web] = clients.filter(({ client_id }) => client_id === 'web');
    host = await startProvider({ clients: web ? [{ ...web, subject_type: 'pairwise' }] : [] });
    const { agent, hint } = await both();
    const { sub = '' } = decodeJwt(hint);
    expect(await who(agent)).not.toBe(sub);
    expect(await who(agent, { ...none, id_token_hint: hint })).toBe(sub);
    await agent.get(`${host.issuer}/logout?id_token_hint=${hint}`);
    expect(await who(agent)).toBe('login_required');
    const login = await start(host, agent, 'web', openid);
    expect(Object.keys(buttonsOf(login))).toEqual(['Continue as Bob', 'Cancel']);
  });

  it('counts in a request object and in a pushed request, too', async () => {
    await host.close();
    const key = await clientKey();
    const openidOptions = { requestObjects: true, pushedRequests: true };
    host = await startProvider({ clients: signingClients(key), openid: openidOptions });
    const { push, urlOf } = pushingAt(() => host);
    const { agent, hint } = await both();
    const whoBy = async (url: string, verifier: string): Promise<unknown> => {
      const { body } = await redeem(host, 'web', codeOf(await agent.follow(url)), verifier);
      return decodeJwt(String(body.id_token)).sub;
    };
    const pushed = requestParams({ prompt: 'none', id_token_hint: hint });
    const { body } = await push(pushed.params);
    expect(await whoBy(urlOf(body.request_uri), pushed.verifier)).toBe('ada');
    expect(await who(agent, { ...openid, login_hint: 'ada' })).toBe('ada');
    const inside = requestParams({ prompt: 'none', id_token_hint: hint });
    const request = await sign(key, objectClaims(host, inside.params));
    const query = new URLSearchParams({ client_id: 'web', response_type: 'code', request });
    expect(await whoBy(`${host.issuer}/authorize?${query}`, inside.verifier)).toBe('ada');
  });

  it('of an account that is not there is login_required', async () => {
    const { hint } = await both();
    const { agent } = await signedIn(host, bob);
    expect(await who(agent, { ...none, id_token_hint: hint })).toBe('login_required');
    expect(await who(agent)).toBe('bob');
  });

  it('as a name asks the person, who may go on as either', async () => {
    const { agent } = await both();
    const page = await start(host, agent, 'web', { ...openid, login_hint: ' ADA ' });
    expect(headingOf(page)).toBe('Choose an account');
    const { 'Continue as Ada': choose = {} } = buttonsOf(page);
    expect(answerOf(await agent.submit(page, { choice: 'continue' }))).toHaveProperty('code');
    expect(await who(agent)).toBe('bob');
    // An empty parameter is none (RFC 6749 §3.1).
    const empty = { ...openid, login_hint: 'ada', id_token_hint: '' };
    expect(headingOf(await start(host, agent, 'web', empty))).toBe('Choose an account');
    const again = await start(host, agent, 'web', { ...openid, login_hint: 'ada' });
    expect(answerOf(await agent.submit(again, choose))).toHaveProperty('code');
    expect(await who(agent)).toBe('ada');
    // Of the account that is the browser's, or of nobody here.
    for (const login_hint of ['ada', 'Ada', 'carol', '']) {
      expect(await who(agent, { ...openid, login_hint })).toBe('ada');
    }
  });

  it('as a name asks where a consent stands, and in a pushed request, too', async () => {
    await host.close();
    host = await startProvider({ openid: { pushedRequests: true } });
    const { push, urlOf } = pushingAt(() => host);
    const { agent } = await both();
    const pushed = requestParams({ login_hint: 'ada' });
    const { body } = await push(pushed.params);
    expect(headingOf(await agent.follow(urlOf(body.request_uri)))).toBe('Choose an account');
    const params = { scope: 'openid notes:read', login_hint: 'ada' };
    const page = await start(host, agent, 'partner', params);
    expect(headingOf(page)).toBe('Choose an account');
    const consent = await agent.submit(page, { choice: 'continue' });
    expect(consent.text).toContain('Bob');
    expect(consent.text).not.toContain('Ada');
    expect(await who(agent)).toBe('bob');
  });

  it('as a name tells a client nothing without a page', async () => {
    const { agent } = await both();
    expect(await who(agent, { ...none, login_hint: 'ada' })).toBe('bob');
  });

  it('that is no ID token of the client, or twice there, chooses nobody', async () => {
    const { agent, hint } = await both();
    const forged = `${hint.slice(0, -4)}AAAA`;
    expect(await who(agent, { ...none, id_token_hint: forged })).not.toBe('ada');
    const { challenge } = pkce();
    const params = { ...none, scope: 'openid notes:read', id_token_hint: hint };
    const other = await agent.follow(authorizationUrl(host, 'partner', challenge, params));
    expect(answerOf(other)).toHaveProperty('error');
    const url = authorizationUrl(host, 'web', challenge, { ...none, id_token_hint: forged });
    const twice = await agent.follow(`${url}&id_token_hint=${hint}`);
    expect(answerOf(twice).error).toBe('invalid_request');
    expect(await who(agent)).toBe('bob');
    const named = authorizationUrl(host, 'web', challenge, { ...openid, login_hint: 'ada' });
    for (const more of [
      `&id_token_hint=${hint}&id_token_hint=x`,
      '&login_hint=x',
      '&client_id=spa',
    ]) {
      await agent.follow(`${named}${more}`);
      expect(await who(agent)).toBe('bob');
    }
    expect((await agent.follow(named.replace('client_id=web', 'client_id=none'))).status).toBe(400);
    expect(await who(agent)).toBe('bob');
  });
});
