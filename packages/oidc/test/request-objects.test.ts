import { decodeJwt } from 'jose';
import { type BrowserAgent, browserAgent, type Reply } from '../../core/test/browser-agent.js';
import { startHost, type TestHost } from '../../core/test/host.js';
import { ada, answerOf, bob, headingOf } from '../../core/test/interaction-page.js';
import { codeOf, redeem } from '../../core/test/oauth-client.js';
import { travel } from '../../core/test/travel.js';
import { signedIn, startProvider } from './provider.js';
import {
  type ClientKey,
  clientKey,
  signingSuite,
  objectClaims,
  requestParams,
  sign,
  signingClients,
} from './request-object.js';

const suite = signingSuite();
const { ask, urlOf } = suite;
const browser = (): BrowserAgent => browserAgent(suite.host.origin);

describe('a request object by value (Core §6.1, RFC 9101)', () => {
  it('is the whole request: a login, a code, tokens [core-6.1-object]', async () => {
    const { params, verifier } = requestParams({ nonce: 'n', scope: 'openid email' });
    const agent = browser();
    const page = await ask(agent, params);
    expect(headingOf(page)).toBe('Sign in');
    const back = await agent.submit(page, ada);
    expect(answerOf(back)).toMatchObject({ state: 'state-inside', iss: suite.host.issuer });
    const { body } = await redeem(suite.host, 'web', codeOf(back), verifier);
    expect(decodeJwt(String(body.id_token))).toMatchObject({ sub: 'ada', nonce: 'n' });
    expect(body.scope).toBe('openid email');
  });

  it('alone counts: what stands beside it is not taken (RFC 9101 §6.3) [rfc9101-6.3-alone]', async () => {
    const { agent } = await signedIn(suite.host);
    const beside = { state: 'beside', nonce: 'beside', scope: 'openid profile', prompt: 'login' };
    const { params, verifier } = requestParams({ state: undefined });
    const back = await ask(agent, { ...params, state: undefined }, beside);
    expect(answerOf(back)).not.toHaveProperty('state');
    const { body } = await redeem(suite.host, 'web', codeOf(back), verifier);
    expect(body.scope).toBe('openid');
    expect(decodeJwt(String(body.id_token))).not.toHaveProperty('nonce');
  });

  it('holds what requests hold: prompt, max_age as a number, login_hint, claims as an object, response_mode, resource [core-6.1-shapes]', async () => {
    const { agent } = await signedIn(suite.host);
    expect(headingOf(await ask(agent, { prompt: 'login' }))).toBe('Sign in');
    const hinted = await ask(browser(), { login_hint: 'ada' });
    expect(hinted.text).toContain('value="ada"');
    const sub = { id_token: { sub: { value: 'bob' } } };
    const named = await ask(agent, { claims: sub, prompt: 'none' });
    expect(answerOf(named)).toMatchObject({ error: 'login_required', state: 'state-inside' });
    const posted = await ask(agent, { response_mode: 'form_post' });
    expect(posted.text).toContain('name="code"');
    const resource = ['https://api.test/notes', 'https://api.test/ledger'];
    const both = await ask(agent, { scope: 'openid notes:read ledger:read', resource });
    expect(answerOf(both)).toHaveProperty('code');
    travel(100);
    expect(headingOf(await ask(agent, { max_age: 60 }))).toBe('Sign in');
  });

  it('without openid keeps max_age, and loses nothing else (RFC 9470 §4)', async () => {
    const { agent } = await signedIn(suite.host);
    const plain = { scope: 'notes:read', nonce: 'n' };
    expect(answerOf(await ask(agent, plain))).toHaveProperty('code');
    travel(100);
    expect(headingOf(await ask(agent, { ...plain, max_age: 60 }))).toBe('Sign in');
  });

  it('may be shown again while it is good: a browser loads the address again', async () => {
    const { agent } = await signedIn(suite.host);
    const url = urlOf(await sign(suite.key, objectClaims(suite.host)));
    expect(answerOf(await agent.follow(url))).toHaveProperty('code');
    expect(answerOf(await agent.follow(url))).toHaveProperty('code');
    travel(400);
    expect(answerOf(await agent.follow(url))).toMatchObject({ error: 'invalid_request_object' });
  });

  it('comes by POST too (Core §3.1.2.1)', async () => {
    const { agent } = await signedIn(suite.host);
    const request = await sign(suite.key, objectClaims(suite.host));
    const cross = { cookie: '', origin: 'https://web.test', 'sec-fetch-site': 'cross-site' };
    const fields = { client_id: 'web', request };
    const first = await agent.post(`${suite.host.issuer}/authorize`, fields, cross);
    expect(answerOf(await agent.follow(first.location ?? ''))).toHaveProperty('code');
  });

  it.each([{}, { typ: 'JWT' }, { typ: 'application/oauth-authz-req+jwt' }, { typ: 'jwt' }])(
    'may have the header %j',
    async (header) => {
      const { agent } = await signedIn(suite.host);
      const url = urlOf(await sign(suite.key, objectClaims(suite.host), header));
      expect(answerOf(await agent.follow(url))).toHaveProperty('code');
    },
  );

  it('may have more audiences, and response_type in the query too (Core §6.1)', async () => {
    const { agent } = await signedIn(suite.host);
    const aud = [suite.host.issuer, 'https://other.test'];
    const beside = { response_type: 'code', scope: 'openid' };
    expect(answerOf(await ask(agent, { aud }, beside))).toHaveProperty('code');
  });

  it('is announced (Discovery §3, RFC 9101 §10.5)', async () => {
    const reply = await fetch(`${suite.host.issuer}/.well-known/openid-configuration`);
    const document = (await reply.json()) as Record<string, unknown>;
    expect(document).toMatchObject({
      request_parameter_supported: true,
      request_object_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'EdDSA'],
      request_uri_parameter_supported: false,
    });
    expect(document).not.toHaveProperty('require_request_uri_registration');
    expect(document).not.toHaveProperty('pushed_authorization_request_endpoint');
  });
});

describe('a client that must sign (RFC 9101 §10.5)', () => {
  let strict: TestHost;
  beforeAll(async () => {
    strict = await startProvider({
      clients: signingClients(suite.key, { require_signed_request_object: true }),
      openid: { requestObjects: true },
    });
  });
  afterAll(() => strict.close());

  it('is refused without, and served with [rfc9101-10.5-required]', async () => {
    const { params } = requestParams();
    const agent = browserAgent(strict.origin);
    const plain = new URLSearchParams(params as Record<string, string>);
    const back = await agent.follow(`${strict.issuer}/authorize?${plain}`);
    expect(answerOf(back)).toMatchObject({
      error: 'invalid_request',
      error_description: 'requests of this client must be request objects',
    });
    const page = await agent.follow(urlOf(await sign(suite.key, objectClaims(strict)), {}, strict));
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
  });

  it('is still served when the browser’s session changed at a page, and nothing of it is in the open', async () => {
    const agent = browserAgent(strict.origin);
    const first = await agent.follow(
      urlOf(await sign(suite.key, objectClaims(strict)), {}, strict),
    );
    await agent.submit(first, ada);
    const { params } = requestParams({ prompt: 'consent', login_hint: 'hinted' });
    const claims = { ...params, client_id: 'partner', iss: 'partner' };
    const partner = { ...claims, redirect_uri: 'https://partner.test/cb' };
    const request = await sign(suite.key, objectClaims(strict, partner));
    const page = await agent.follow(urlOf(request, { client_id: 'partner' }, strict));
    expect(page.text).toContain('Partner');
    // In another tab somebody else logs in.
    const other = await sign(suite.key, objectClaims(strict, { prompt: 'login' }));
    const login = await agent.follow(urlOf(other, {}, strict));
    await agent.submit(login, bob);
    const again = await agent.press(page, { decision: 'allow' });
    expect(again.location).toMatch(/\/authorize\?client_id=partner&request_uri=urn%3Aietf/);
    expect(again.location).not.toContain('hinted');
    const consent = await agent.follow(again.location ?? '');
    const back = await agent.submit(consent, { decision: 'allow' });
    expect(answerOf(back)).toMatchObject({ code: expect.any(String), state: 'state-inside' });
  });
});

describe('the option requestObjects', () => {
  it('is off by default: request_not_supported (Core §3.1.2.6) [core-6.1-off]', async () => {
    const off = await startProvider();
    const agent = browserAgent(off.origin);
    const request = await sign(suite.key, objectClaims(off));
    const beside = { redirect_uri: 'https://web.test/cb', response_type: 'code', scope: 'openid' };
    const back = await agent.follow(urlOf(request, beside, off));
    expect(answerOf(back)).toMatchObject({ error: 'request_not_supported' });
    await off.close();
  });

  it('is needed by the members of clients about it', async () => {
    const told = (more: object): Promise<TestHost> =>
      startProvider({ clients: signingClients(suite.key, more), openid: {} });
    const needs = 'clients[0].request_object_signing_alg: needs the feature requestObjects';
    await expect(told({})).rejects.toThrow(needs);
    const on = (more: object): Promise<TestHost> =>
      startProvider({ clients: signingClients(suite.key, more), openid: { requestObjects: true } });
    await expect(on({ jwks: undefined })).rejects.toThrow(
      'clients[0].jwks: is missing. Request objects need the public keys',
    );
    await expect(on({ request_object_signing_alg: 'RS256' })).rejects.toThrow(
      'clients[0].request_object_signing_alg: is "RS256", and jwks has no key for it',
    );
    await expect(on({ request_object_signing_alg: 'none' })).rejects.toThrow(
      'clients[0].request_object_signing_alg: must be ES256, RS256, PS256, or EdDSA',
    );
    const unused = { request_object_signing_alg: undefined };
    await expect(on(unused)).rejects.toThrow('has both client_secret and jwks');
  });

  it('is there without OpenID Connect too, as a feature that any plugin switches on', async () => {
    const { definePlugin } = await import('@gatehouse/core');
    const { passwordLogin } = await import('@gatehouse/login-password');
    const [web] = signingClients(suite.key).map((client) => ({
      ...client,
      scope: 'notes:read',
      post_logout_redirect_uris: undefined,
    }));
    const { post_logout_redirect_uris: _none, ...plain } = web ?? ({} as never);
    const own = await startHost({
      clients: [plain as never],
      plugins: [
        passwordLogin({ verify: ({ identifier }) => identifier }),
        definePlugin({ name: 'signed', setup: (slots) => slots.feature('requestObjects', {}) }),
      ],
    });
    const agent = browserAgent(own.origin);
    const request = await sign(suite.key, objectClaims(own, { scope: 'notes:read' }));
    const page = await agent.follow(urlOf(request, {}, own));
    expect(answerOf(await agent.submit(page, ada))).toHaveProperty('code');
    const url = `${own.origin}/.well-known/oauth-authorization-server${own.mount}`;
    expect(await (await fetch(url)).json()).toMatchObject({ request_parameter_supported: true });
    await own.close();
  });

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)(
    'takes %s, as it is announced, and no other of that client once one is registered',
    async (alg) => {
      const own = await clientKey(alg);
      const other = await clientKey(alg === 'ES256' ? 'RS256' : 'ES256');
      const redirect_uris = ['https://stored.test/cb'];
      const { client_id } = await suite.host.auth.clients.create({
        jwks: { keys: [...other.jwks.keys, ...own.jwks.keys] },
        redirect_uris,
        scope: 'openid',
        firstParty: true,
      });
      const { agent } = await signedIn(suite.host);
      const claims = { client_id, iss: client_id, redirect_uri: redirect_uris[0] };
      const asked = async (by: ClientKey): Promise<Reply> =>
        agent.follow(urlOf(await sign(by, objectClaims(suite.host, claims)), { client_id }));
      expect(answerOf(await asked(own))).toHaveProperty('code');
      expect(answerOf(await asked(other))).toHaveProperty('code');
      await suite.host.auth.clients.update(client_id, { request_object_signing_alg: alg });
      expect(answerOf(await asked(own))).toHaveProperty('code');
      expect(answerOf(await asked(other))).toMatchObject({ error: 'invalid_request_object' });
    },
  );

  it('is good for stored clients', async () => {
    const made = await suite.host.auth.clients.create({
      jwks: suite.key.jwks,
      redirect_uris: ['https://stored.test/cb'],
      token_endpoint_auth_method: 'client_secret_basic',
      require_signed_request_object: true,
      scope: 'openid',
      firstParty: true,
    });
    expect(made.client_secret).toBeTruthy();
    const { agent } = await signedIn(suite.host);
    const { client_id } = made;
    const claims = { client_id, iss: client_id, redirect_uri: 'https://stored.test/cb' };
    const url = urlOf(await sign(suite.key, objectClaims(suite.host, claims)), { client_id });
    expect(answerOf(await agent.follow(url))).toHaveProperty('code');
  });
});
