import { decodeJwt } from 'jose';
import { browserAgent, pkce } from '../../core/test/browser-agent.js';
import type { TestHost } from '../../core/test/host.js';
import { ada, answerOf, bob, headingOf, start } from '../../core/test/interaction-page.js';
import { authorizationUrl, authorize, codeOf, redeem } from '../../core/test/oauth-client.js';
import { claims, clients, signedIn, startProvider, userinfo } from './provider.js';

let host: TestHost;
beforeAll(async () => {
  host = await startProvider();
});
afterAll(() => host.close());

/** Runs a test on a provider of its own. */
async function on(
  options: Parameters<typeof startProvider>[0],
  task: (own: TestHost) => Promise<void>,
): Promise<void> {
  const own = await startProvider(options);
  try {
    await task(own);
  } finally {
    await own.close();
  }
}

interface Told {
  readonly idToken: Record<string, unknown>;
  readonly info: Record<string, unknown>;
}

/** What a client gets that asks for claims by name. */
async function told(
  asked: object,
  params: Record<string, string> = {},
  at: TestHost = host,
): Promise<Told> {
  const { verifier, challenge } = pkce();
  const more = { scope: 'openid', claims: JSON.stringify(asked), ...params };
  const url = authorizationUrl(at, 'web', challenge, more);
  const back = await authorize(browserAgent(at.origin), url);
  const { body } = await redeem(at, 'web', codeOf(back), verifier);
  const info = await userinfo(at, String(body.access_token));
  return { idToken: decodeJwt(String(body.id_token)), info: info.body };
}

describe('the claims parameter (Core §5.5)', () => {
  it('gives single claims where they are asked for [core-5.5-place]', async () => {
    const { idToken, info } = await told({
      id_token: { name: null, email: { essential: true } },
      userinfo: { 'name#de': null },
    });
    expect(idToken).toMatchObject({ name: 'Ada', email: 'ada@people.test' });
    expect(idToken).not.toHaveProperty('email_verified');
    expect(info).toEqual({ sub: 'ada', 'name#de': 'Ada (deutsch)' });
  });

  it.each(['openid notes:read', 'openid ledger:read'])(
    'works with the one token of %s, too [core-5.5-api-token]',
    async (scope) => {
      const { info } = await told({ userinfo: { email: null } }, { scope });
      expect(info).toEqual({ sub: 'ada', email: 'ada@people.test' });
    },
  );

  it('gives nothing that the client may not have, and nothing unknown [core-5.5-ceiling]', async () => {
    const few = clients.map((client) =>
      client.client_id === 'web' ? { ...client, scope: 'openid profile' } : client,
    );
    const asked = {
      email: { essential: true },
      phone_number: null,
      nonsense: null,
      __proto__x: null,
    };
    await on({ clients: few }, async (own) => {
      const { idToken, info } = await told({ id_token: asked, userinfo: asked }, {}, own);
      for (const name of Object.keys(asked)) {
        expect(idToken).not.toHaveProperty(name);
        expect(info).not.toHaveProperty(name);
      }
    });
  });

  // Threat: a client asks by name for what the host gives to its APIs alone.
  it.each(['team', 'team#de'])(
    'tells no client what has no place but access tokens: %s [core-5.5-ceiling]',
    async (name) => {
      const company = {
        company_id: { value: () => 'acme', in: ['id_token'] },
        team: { value: () => 'red', in: ['access_token'] },
      } as const;
      await on({ openid: { claims: { ...claims, company } } }, async (own) => {
        const asked = { [name]: { essential: true }, company_id: null };
        const both = { id_token: asked, userinfo: asked };
        for (const scope of ['openid', 'openid company ledger:read']) {
          const { idToken, info } = await told(both, { scope }, own);
          expect(idToken).toHaveProperty('company_id', 'acme');
          expect(info).toEqual({ sub: 'ada', company_id: 'acme' });
          expect(idToken).not.toHaveProperty([name]);
        }
        const found = await fetch(`${own.origin}/.well-known/openid-configuration${own.mount}`);
        const { claims_supported } = (await found.json()) as { claims_supported: string[] };
        expect(claims_supported).toContain('company_id');
        expect(claims_supported).not.toContain('team');
      });
    },
  );

  it('is asked for on the consent page, by the scope of the claim, and a no counts [core-5.5-consent, core-3.1.2.4-decision]', async () => {
    const agent = browserAgent(host.origin);
    const asked = JSON.stringify({ userinfo: { email: null, name: null } });
    const { verifier, challenge } = pkce();
    const url = authorizationUrl(host, 'partner', challenge, { scope: 'openid', claims: asked });
    const page = await agent.submit(await agent.follow(url), ada);
    expect(page.text).toContain('See your email address');
    expect(page.text).toContain('See your name and profile');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const pressed = await agent.post(page.url, {
      csrf,
      decision: 'allow',
      'scope:profile': 'on',
    });
    const back = await agent.follow(pressed.location ?? '');
    const { body } = await redeem(host, 'partner', codeOf(back), verifier);
    const info = await userinfo(host, String(body.access_token));
    expect(info.body).toEqual({ sub: 'ada', name: 'Ada' });
    const silent = await start(host, agent, 'partner', {
      scope: 'openid',
      claims: asked,
      prompt: 'none',
    });
    expect(answerOf(silent)).toHaveProperty('code');
  });

  it('gives what was allowed before, in a grant that knew nothing of it', async () => {
    const agent = browserAgent(host.origin);
    const ask = async (params: Record<string, string>): Promise<Record<string, unknown>> => {
      const { verifier, challenge } = pkce();
      const url = authorizationUrl(host, 'web', challenge, params);
      const { body } = await redeem(host, 'web', codeOf(await authorize(agent, url)), verifier);
      return decodeJwt(String(body.id_token));
    };
    expect(await ask({ scope: 'openid email' })).not.toHaveProperty('email');
    const asked = JSON.stringify({ id_token: { email: null } });
    const again = await ask({ scope: 'openid email', claims: asked });
    expect(again).toHaveProperty('email', 'ada@people.test');
  });

  it('with sub as a value asks for that person [core-3.1.2.2-sub-claim]', async () => {
    const { agent } = await signedIn(host);
    const ask = (sub: object, more = {}): ReturnType<typeof start> =>
      start(host, agent, 'web', {
        scope: 'openid',
        claims: JSON.stringify({ id_token: { sub } }),
        ...more,
      });
    expect(answerOf(await ask({ value: 'ada' }))).toHaveProperty('code');
    expect(answerOf(await ask({ values: ['ada', 'bob'] }))).toHaveProperty('code');
    expect(answerOf(await ask({ value: 'bob' }, { prompt: 'none' }))).toMatchObject({
      error: 'login_required',
    });
    const page = await ask({ value: 'bob' });
    expect(headingOf(page)).toBe('Sign in');
    expect(answerOf(await agent.submit(page, bob))).toHaveProperty('code');
  });

  it.each(['__proto__', 'constructor', 'toString', '#de', 'name#', ''])(
    'that names %j changes nothing here [core-5.5-names]',
    async (name) => {
      const asked = JSON.parse(`{${JSON.stringify(name)}:{"polluted":true}}`) as object;
      const { idToken, info } = await told({ id_token: asked, userinfo: asked });
      const own = ['amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'sid', 'sub'];
      expect(Object.keys(idToken).sort()).toEqual(own);
      expect(info).toEqual({ sub: 'ada' });
      expect({}).not.toHaveProperty('polluted');
    },
  );

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['none of the two members', '{}'],
    ['a member that is no object', '{"userinfo":[]}'],
    ['a member that is null', '{"id_token":null}'],
    ['values that are no list', '{"id_token":{"sub":{"values":"ada"}}}'],
  ])('that is %s is answered with invalid_request [core-5.5-invalid]', async (_, text) => {
    const { agent } = await signedIn(host);
    const back = await start(host, agent, 'web', { scope: 'openid', claims: text });
    expect(answerOf(back)).toMatchObject({ error: 'invalid_request', state: 'the-state' });
  });
});

describe('claimsInIdToken', () => {
  it('puts into the ID token what userinfo says [core-5.4-id-token]', async () => {
    const whole = clients.map((client) =>
      client.client_id === 'web' ? { ...client, claimsInIdToken: true } : client,
    );
    await on({ clients: whole }, async (own) => {
      const scope = 'openid profile email';
      const { idToken, info } = await told({ userinfo: { sub: null } }, { scope }, own);
      expect(info).toMatchObject({ name: 'Ada', email: 'ada@people.test' });
      expect(idToken).toMatchObject(info);
    });
  });
});

describe('a claim that the protocol owns', () => {
  it('cannot be set by the host: userinfo fails, and the log names the claim', async () => {
    const openid = { claims: { ...claims, company: () => ({ nonce: 'forged' }) } };
    await on({ openid }, async (own) => {
      const asked = { id_token: { sub: null } };
      const { info } = await told(asked, { scope: 'openid company' }, own);
      expect(info).toMatchObject({ error: 'server_error' });
      const errors = own.log.map(({ context }) => (context as { error?: Error }).error?.message);
      expect(errors).toContain('the claim nonce is reserved');
    });
  });
});
