import { type ClientOptions, definePlugin } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';
import { memoryStore } from '@gatehouse/store-memory';
import { decodeJwt } from 'jose';
import { startHost, type TestHost } from '../../core/test/host.js';
import { ada, answerOf, bob, headingOf } from '../../core/test/interaction-page.js';
import { codeOf, redeem } from '../../core/test/oauth-client.js';
import { countedStore, roundCounter } from '../../core/test/round-counter.js';
import { travel } from '../../core/test/travel.js';
import { signedIn, startProvider } from './provider.js';
import { objectClaims, requestParams, sign, signingClients } from './request-object.js';
import { pushingSuite } from './push-request.js';

const suite = pushingSuite();
const { browser, open, push, urlOf } = suite;

describe('a pushed request (RFC 9126)', () => {
  it('is answered with a request_uri, which is the whole request: a login, a code, tokens (§2.2, §4) [rfc9126-2.2-answer]', async () => {
    const { params, verifier } = requestParams({ nonce: 'n', scope: 'openid email' });
    const { status, headers, body } = await push(params);
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(body).toEqual({
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{20,}$/),
      expires_in: 60,
    });
    const agent = browser();
    const page = await agent.follow(urlOf(body.request_uri));
    expect(headingOf(page)).toBe('Sign in');
    const back = await agent.submit(page, ada);
    expect(answerOf(back)).toMatchObject({ state: 'state-inside', iss: suite.host.issuer });
    const tokens = await redeem(suite.host, 'web', codeOf(back), verifier);
    expect(decodeJwt(String(tokens.body.id_token))).toMatchObject({ sub: 'ada', nonce: 'n' });
    expect(tokens.body.scope).toBe('openid email');
  });

  it('alone counts: what stands beside request_uri is not taken (§4) [rfc9126-4-alone]', async () => {
    const { agent } = await signedIn(suite.host);
    const { body } = await push(requestParams().params);
    const beside = { state: 'beside', scope: 'openid profile', prompt: 'login', nonce: 'x' };
    const back = await agent.follow(urlOf(body.request_uri, { ...beside, response_type: 'token' }));
    expect(answerOf(back)).toMatchObject({ code: expect.any(String), state: 'state-inside' });
  });

  it('holds what requests hold', async () => {
    const { agent } = await signedIn(suite.host);
    expect(headingOf(await open(agent, { prompt: 'login' }))).toBe('Sign in');
    expect((await open(browser(), { login_hint: 'ada' })).text).toContain('value="ada"');
    const claims = JSON.stringify({ id_token: { sub: { value: 'bob' } } });
    const named = await open(agent, { claims, prompt: 'none' });
    expect(answerOf(named)).toMatchObject({ error: 'login_required', state: 'state-inside' });
    expect((await open(agent, { response_mode: 'form_post' })).text).toContain('name="code"');
    expect(answerOf(await open(agent, { scope: 'notes:read', nonce: 'n' }))).toHaveProperty('code');
    travel(100);
    expect(headingOf(await open(agent, { max_age: '60' }))).toBe('Sign in');
    expect(headingOf(await open(agent, { max_age: '60', scope: 'notes:read' }))).toBe('Sign in');
  });

  it('is answered by the account that its id_token_hint names, of several in the browser', async () => {
    const { agent, tokens } = await signedIn(suite.host);
    const choose = await open(agent, { prompt: 'select_account' });
    const login = await agent.submit(choose, { choice: 'other' });
    expect(answerOf(await agent.submit(login, bob))).toHaveProperty('code');
    const { id_token: id_token_hint } = tokens;
    const { verifier, ...back } = await open(agent, { id_token_hint, prompt: 'none' });
    const { body } = await redeem(suite.host, 'web', codeOf(back), verifier);
    expect(decodeJwt(String(body.id_token)).sub).toBe('ada');
  });

  it('obeys default_max_age of its client, which only counts with openid (Registration §2)', async () => {
    const clients = signingClients(suite.key, { default_max_age: 60 });
    const own = await startProvider({
      clients,
      openid: { pushedRequests: true, requestObjects: true },
    });
    const { agent } = await signedIn(own);
    travel(100);
    expect(headingOf(await open(agent, {}, own))).toBe('Sign in');
    expect(answerOf(await open(agent, { scope: 'notes:read' }, own))).toHaveProperty('code');
    await own.close();
  });

  it('comes by POST to the authorization endpoint too', async () => {
    const { agent } = await signedIn(suite.host);
    const { body } = await push(requestParams().params);
    const fields = { client_id: 'web', request_uri: String(body.request_uri) };
    const cross = { cookie: '', origin: 'https://web.test', 'sec-fetch-site': 'cross-site' };
    const first = await agent.post(`${suite.host.issuer}/authorize`, fields, cross);
    expect(answerOf(await agent.follow(first.location ?? ''))).toHaveProperty('code');
  });

  it('is of the client that authenticates, whether or not it names itself', async () => {
    const { agent } = await signedIn(suite.host);
    const { status, body } = await push(requestParams({ client_id: undefined }).params);
    expect(status).toBe(201);
    expect(answerOf(await agent.follow(urlOf(body.request_uri)))).toHaveProperty('code');
  });

  it('is announced (§5)', async () => {
    const reply = await fetch(`${suite.host.issuer}/.well-known/openid-configuration`);
    const document = (await reply.json()) as Record<string, unknown>;
    expect(document.pushed_authorization_request_endpoint).toBe(`${suite.host.issuer}/par`);
    expect(document.request_uri_parameter_supported).toBe(false);
    expect(document).not.toHaveProperty('require_pushed_authorization_requests');
  });

  it('costs the authorization no round more than another one', async () => {
    const counter = roundCounter();
    const store = countedStore(memoryStore(), counter);
    const own = await startProvider({
      store,
      before: [counter.middleware],
      openid: { pushedRequests: true },
    });
    const { agent } = await signedIn(own);
    counter.reset();
    const { body } = await push(requestParams().params, { at: own });
    expect(counter.rounds()).toBe(1);
    counter.reset();
    expect(answerOf(await agent.get(urlOf(body.request_uri, {}, own)))).toHaveProperty('code');
    expect(counter.rounds()).toBe(2);
    await own.close();
  });
});

describe('requests that must be pushed (RFC 9126 §5, §6)', () => {
  async function plainAnswer(at: TestHost, clientId: 'web' | 'partner'): Promise<string> {
    const redirect_uri = `https://${clientId}.test/cb`;
    const { params } = requestParams({ client_id: clientId, redirect_uri });
    const query = new URLSearchParams(params as Record<string, string>);
    const reply = await browser(at).follow(`${at.issuer}/authorize?${query}`);
    return answerOf(reply.location ? reply : { ...reply, location: 'x:?error=none' }).error ?? '';
  }

  it('of one client: by require_pushed_authorization_requests [rfc9126-6-required]', async () => {
    const clients = signingClients(suite.key).map((client) =>
      client.client_id === 'web'
        ? { ...client, require_pushed_authorization_requests: true }
        : client,
    );
    const at = await startProvider({
      clients,
      openid: { pushedRequests: true, requestObjects: true },
    });
    expect(await plainAnswer(at, 'web')).toBe('invalid_request');
    expect(await plainAnswer(at, 'partner')).toBe('none');
    const request = await sign(suite.key, objectClaims(at));
    const signed = `${at.issuer}/authorize?${new URLSearchParams({ client_id: 'web', request })}`;
    expect(answerOf(await browser(at).follow(signed))).toMatchObject({ error: 'invalid_request' });
    expect(headingOf(await open(browser(at), {}, at))).toBe('Sign in');
    await at.close();
  });

  it('of all clients: by pushedRequests: "always", whatever a client says [rfc9126-5-required]', async () => {
    const clients = signingClients(suite.key, {
      request_object_signing_alg: undefined,
      jwks: undefined,
      require_pushed_authorization_requests: false,
    } as never).map(({ jwks: _jwks, request_object_signing_alg: _alg, ...client }) => client);
    const at = await startProvider({ clients, openid: { pushedRequests: 'always' } });
    expect(await plainAnswer(at, 'web')).toBe('invalid_request');
    expect(await plainAnswer(at, 'partner')).toBe('invalid_request');
    const reply = await fetch(`${at.issuer}/.well-known/openid-configuration`);
    expect(await reply.json()).toMatchObject({ require_pushed_authorization_requests: true });
    const agent = browser(at);
    const page = await open(agent, {}, at);
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
    await at.close();
  });

  it('of a client that must sign them too: unsigned ones are refused when they are pushed', async () => {
    const clients = signingClients(suite.key, { require_signed_request_object: true });
    const at = await startProvider({
      clients,
      openid: { pushedRequests: true, requestObjects: true },
    });
    const plain = await push(requestParams().params, { at });
    expect([plain.status, plain.body.error]).toEqual([400, 'invalid_request']);
    const request = await sign(suite.key, objectClaims(at));
    const { body } = await push({ client_id: 'web', request }, { at });
    expect(headingOf(await browser(at).follow(urlOf(body.request_uri, {}, at)))).toBe('Sign in');
    await at.close();
  });
});

describe('the option pushedRequests', () => {
  it('is off by default: no endpoint, and request_uri_not_supported', async () => {
    const off = await startProvider({
      after: (app) => void app.use((_req, res) => void res.sendStatus(404)),
    });
    expect((await push(requestParams().params, { at: off })).status).toBe(404);
    const back = await browser(off).follow(urlOf('urn:ietf:params:oauth:request_uri:x', {}, off));
    expect(answerOf(back)).toMatchObject({ error: 'request_uri_not_supported' });
    await off.close();
  });

  it('is no endpoint either where only request objects are on', async () => {
    const objects = await startProvider({
      openid: { requestObjects: true },
      after: (app) => void app.use((_req, res) => void res.sendStatus(404)),
    });
    expect((await push(requestParams().params, { at: objects })).status).toBe(404);
    await objects.close();
  });

  it('is needed by the member of clients about it', async () => {
    const [web] = signingClients(suite.key).map(
      ({ jwks: _jwks, request_object_signing_alg: _alg, ...client }) => client,
    );
    const wrong = startProvider({
      clients: [{ ...web, require_pushed_authorization_requests: true } as ClientOptions],
    });
    await expect(wrong).rejects.toThrow(
      'clients[0].require_pushed_authorization_requests: needs the feature pushedRequests',
    );
  });

  it('is there without OpenID Connect too, as a feature that any plugin switches on', async () => {
    const own = await startHost({
      plugins: [
        passwordLogin({ verify: ({ identifier }) => identifier }),
        (await import('@gatehouse/consent')).consentScreen(),
        definePlugin({
          name: 'pushed',
          setup: (slots) => slots.feature('pushedRequests', { required: true }),
        }),
      ],
    });
    const agent = browser(own);
    const page = await open(agent, { scope: 'notes:read', nonce: 'n' }, own);
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
    await own.close();
  });
});
