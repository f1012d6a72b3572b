import { pkce } from '../../../core/test/browser-agent.js';
import { goHome, travel } from '../../../core/test/travel.js';
import { standardClaims } from '../../src/standard-claims.js';
import { fullScope } from '../full-claims.js';
import { userinfo } from '../provider.js';
import {
  type Outcome,
  plans,
  redirect_uri,
  type SuiteClient,
  type SuiteHost,
  startSuiteProvider,
  suiteClientOf,
  usual,
} from './suite-client.js';

const everyClaim = Object.values(standardClaims).flat();

/** A request object that nobody has signed. */
function unsigned(members: object): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode({ alg: 'none' })}.${encode(members)}.`;
}

// Our reading of what the Basic and Form Post plans for OpenID Providers look at, module by module, under the modules' names. The
// official suite is another program; this walk tells us early what it would say.
describe.each(plans)('at "%s", by %s', (mount, mode) => {
  let host: SuiteHost;
  let client: SuiteClient;
  beforeAll(async () => {
    host = await startSuiteProvider(mount);
  });
  beforeEach(() => {
    client = suiteClientOf(host, mode);
  });
  afterEach(goHome);
  afterAll(() => host.close());

  const infoOf = async (accessToken: string): Promise<Record<string, unknown>> =>
    (await userinfo(host, accessToken)).body;
  const isLoginPage = ({ pages }: Outcome): boolean => pages.includes('Sign in');

  it('oidcc-server: a login, its ID token, and userinfo about the same person', async () => {
    const { answer, idToken, accessToken, body } = await client.logIn();
    expect(answer).toMatchObject({ state: 'the-state', iss: host.issuer });
    expect(idToken).toMatchObject({ aud: usual, nonce: 'the-nonce' });
    for (const claim of everyClaim) expect(idToken).not.toHaveProperty(claim);
    expect(String(body.token_type).toLowerCase()).toBe('bearer');
    expect((await infoOf(accessToken)).sub).toBe(idToken.sub);
  });

  it('oidcc-response-type-missing: an error, and no code', async () => {
    const { answer } = await client.ask({ response_type: '' });
    expect(answer).toMatchObject({ error: 'invalid_request', state: 'the-state' });
    expect(answer).not.toHaveProperty('code');
  });

  it('oidcc-userinfo-get, -post-header, -post-body: three ways to one answer', async () => {
    const { accessToken } = await client.logIn({ scope: 'openid email' });
    const headers = { authorization: `Bearer ${accessToken}` };
    const form = new URLSearchParams({ access_token: accessToken });
    const inits = [{ headers }, { method: 'POST', headers }, { method: 'POST', body: form }];
    for (const init of inits) {
      const { status, body } = await userinfo(host, accessToken, init);
      expect([status, body.email]).toEqual([200, 'ada@acme.example']);
    }
  });

  it('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
    const { idToken } = await client.logIn({ nonce: '' });
    expect(idToken).not.toHaveProperty('nonce');
  });

  it.each(Object.entries(standardClaims))(
    'oidcc-scope-%s: every claim of it is there, and none of another scope',
    async (scope, claims) => {
      const info = await infoOf((await client.logIn({ scope: `openid ${scope}` })).accessToken);
      expect(Object.keys(info).sort()).toEqual(['sub', ...claims].sort());
    },
  );

  it.each([
    ['all', fullScope],
    ['all, in another order', fullScope.split(' ').reverse().join(' ')],
  ])(
    'oidcc-scope-all, -ensure-other-scope-order-succeeds: every claim, with %s',
    async (_, scope) => {
      const info = await infoOf((await client.logIn({ scope })).accessToken);
      expect(Object.keys(info).sort()).toEqual(['sub', ...everyClaim].sort());
    },
  );

  it('each claim has the type of Core §5.1', async () => {
    const info = await infoOf((await client.logIn({ scope: fullScope })).accessToken);
    const { address, updated_at, birthdate, email_verified, phone_number_verified, ...texts } =
      info;
    expect([typeof email_verified, typeof phone_number_verified]).toEqual(['boolean', 'boolean']);
    expect(birthdate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(Number.isInteger(updated_at) && Number(updated_at) < Date.now() / 1000).toBe(true);
    for (const text of [...Object.values(texts), ...Object.values(address as object)]) {
      expect(text).toEqual(expect.stringMatching(/\S/));
    }
    for (const url of ['profile', 'picture', 'website']) {
      expect(new URL(String(texts[url])).protocol).toBe('https:');
    }
  });

  it.each(['page', 'popup'])('oidcc-display-%s', async (display) => {
    expect((await client.logIn({ display })).idToken.sub).toBe('ada');
  });

  it('oidcc-prompt-login: a second login, with a later auth_time', async () => {
    const first = await client.logIn();
    travel(2);
    const second = await client.logIn({ prompt: 'login' });
    expect([isLoginPage(first), isLoginPage(second)]).toEqual([true, true]);
    expect(second.idToken.sub).toBe(first.idToken.sub);
    expect(Number(second.idToken.auth_time)).toBeGreaterThan(Number(first.idToken.auth_time));
  });

  it('oidcc-prompt-none-not-logged-in', async () => {
    const { answer, pages } = await client.ask({ prompt: 'none' });
    expect(answer).toMatchObject({ error: 'login_required', state: 'the-state' });
    expect(pages).toEqual([]);
  });

  it('oidcc-prompt-none-logged-in: the same person, the same auth_time', async () => {
    const first = await client.logIn();
    travel(5);
    const second = await client.logIn({ prompt: 'none' });
    expect(second.pages).toEqual([]);
    expect(second.idToken).toMatchObject({
      sub: first.idToken.sub,
      auth_time: first.idToken.auth_time,
    });
  });

  it('oidcc-max-age-1: a login that is older is asked for again, and auth_time is new', async () => {
    const first = await client.logIn();
    travel(3);
    const second = await client.logIn({ max_age: '1' });
    expect(isLoginPage(second)).toBe(true);
    expect(Number(second.idToken.auth_time)).toBeGreaterThan(Number(first.idToken.auth_time));
  });

  it('oidcc-max-age-10000: nobody is asked, and auth_time is the old one', async () => {
    const first = await client.logIn();
    travel(3);
    const second = await client.logIn({ max_age: '10000' });
    expect(second.pages).toEqual([]);
    expect(second.idToken.auth_time).toBe(first.idToken.auth_time);
  });

  it('oidcc-ensure-request-with-unknown-parameter-succeeds', async () => {
    expect((await client.logIn({ extra: 'foobar' })).answer).not.toHaveProperty('error');
  });

  it('oidcc-id-token-hint: with prompt=none, the same person', async () => {
    const { body, idToken } = await client.logIn();
    const second = await client.logIn({ prompt: 'none', id_token_hint: String(body.id_token) });
    expect([second.pages, second.idToken.sub]).toEqual([[], idToken.sub]);
  });

  it.each([
    ['login-hint', { login_hint: 'buffy@suite.test' }],
    ['ui-locales', { ui_locales: 'se' }],
    ['claims-locales', { claims_locales: 'se' }],
  ])('oidcc-%s: no reason to fail', async (_module, params) => {
    expect((await client.logIn({ ...params } as Record<string, string>)).idToken.sub).toBe('ada');
  });

  it('oidcc-ensure-request-with-acr-values-succeeds: acr is one of those that were asked for', async () => {
    // The plan asks for all that discovery names, and for two that nobody knows where it names none.
    const asked = (host.metadata.acr_values_supported ?? ['1', '2']) as string[];
    const { idToken } = await client.logIn({ acr_values: asked.join(' ') });
    expect(asked).toContain(idToken.acr);
  });

  it.each([0, 31])(
    'oidcc-codereuse: refused %d seconds later, and the token is void',
    async (later) => {
      const { answer, accessToken } = await client.logIn();
      travel(later);
      const again = await client.redeem(answer.code ?? '');
      expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
      expect((await userinfo(host, accessToken)).status).toBe(401);
    },
  );

  it('oidcc-ensure-registered-redirect-uri: a page for the person, nothing for the client', async () => {
    const { reply, answer } = await client.ask({ redirect_uri: `${redirect_uri}/other` });
    expect([reply.status, reply.location, answer]).toEqual([400, undefined, {}]);
  });

  it('oidcc-ensure-post-request-succeeds: also with a session', async () => {
    const first = await client.ask({}, 'POST');
    expect(isLoginPage(first)).toBe(true);
    const second = await client.ask({ prompt: 'none' }, 'POST');
    expect(second.answer).toHaveProperty('code');
  });

  it('oidcc-server-client-secret-post', async () => {
    expect((await client.logIn({ client_id: 'conformance-post' })).idToken.aud).toBe(
      'conformance-post',
    );
  });

  it('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported: the plan skips it, since discovery names signed ones alone', async () => {
    const { request_object_signing_alg_values_supported: algorithms } = host.metadata;
    expect(algorithms).toContain('RS256');
    expect(algorithms).not.toContain('none');
    // As the plan would send it: what comes back, and how, stands in the object alone. It is not believed, so the answer is a plain one.
    const request = unsigned({
      ...{ client_id: usual, redirect_uri, response_type: 'code', scope: 'openid' },
      ...{ state: 'the-state', nonce: 'the-nonce', response_mode: mode },
    });
    const { answer, reply } = await client.ask({
      request,
      state: '',
      nonce: '',
      response_mode: '',
    });
    expect(answer).toEqual({
      error: 'invalid_request_object',
      error_description: expect.any(String),
      iss: host.issuer,
    });
    expect(reply.location).toContain(`${redirect_uri}?`);
  });

  it('oidcc-ensure-request-object-with-redirect-uri: a page for the person, whatever the object says', async () => {
    const request = unsigned({ client_id: usual, redirect_uri, state: 'the-state' });
    const wrong = { redirect_uri: `${redirect_uri}_invalid`, request, state: '', nonce: '' };
    const { reply, answer } = await client.ask(wrong);
    expect([reply.status, reply.location, answer]).toEqual([400, undefined, {}]);
    expect(reply.text).toContain('redirect_uri');
  });

  it('oidcc-claims-essential: the claim is at userinfo', async () => {
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
    expect(await infoOf((await client.logIn({ claims })).accessToken)).toHaveProperty('name');
  });

  it('oidcc-refresh-token: a new ID token about the same login; not for another client', async () => {
    const params = { scope: 'openid offline_access', prompt: 'consent' };
    const { body, idToken } = await client.logIn(params);
    const renewed = await client.refresh(String(body.refresh_token));
    const { iss, sub, aud, auth_time } = idToken;
    const after = await client.verify(String(renewed.body.id_token));
    expect(after).toMatchObject({ iss, sub, aud, auth_time });
    const stolen = await client.refresh(String(renewed.body.refresh_token), 'conformance-2');
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
    const { challenge, verifier } = pkce();
    const params = { code_challenge: challenge, code_challenge_method: 'S256' };
    const { answer } = await client.ask(params);
    const { body } = await client.redeem(answer.code ?? '');
    expect(body.error).toBe('invalid_grant');
    const again = await client.ask(params);
    const right = await client.redeem(again.answer.code ?? '', usual, verifier);
    expect((await client.verify(String(right.body.id_token))).sub).toBe('ada');
  });
});
