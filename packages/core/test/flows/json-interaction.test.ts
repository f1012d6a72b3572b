import { browserAgent, pkce, type BrowserAgent } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { authorizationUrl, redeem } from '../oauth-client.js';

let host: TestHost;
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host.close());

/** What a front end of the host's gets and sends. */
interface Json {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly page?: string;
    readonly redirect?: string;
    readonly form?: { readonly action: string; readonly csrf: string };
    readonly data?: Record<string, unknown>;
  };
}

/** A front end of the host's own: the browser's cookies, and fetch. */
function frontEnd(agent: BrowserAgent): {
  get(url: string): Promise<Json>;
  post(url: string, fields: unknown, headers?: Record<string, string>): Promise<Json>;
} {
  const read = async (url: string, init: RequestInit): Promise<Json> => {
    const path = new URL(url).pathname;
    const cookie = [...agent.cookies]
      .filter(([, one]) => one.path === '/' || path === one.path || path.startsWith(`${one.path}/`))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
    const headers = {
      accept: 'application/json',
      cookie,
      ...(init.headers as Record<string, string>),
    };
    const reply = await fetch(url, { redirect: 'manual', ...init, headers });
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.headers.get('vary')).toMatch(/\baccept\b/i);
    return {
      status: reply.status,
      headers: reply.headers,
      body: (await reply.json()) as Json['body'],
    };
  };
  return {
    get: (url) => read(url, {}),
    post: (url, fields, headers = {}) =>
      read(url, {
        method: 'POST',
        body: typeof fields === 'string' ? fields : JSON.stringify(fields),
        headers: { 'content-type': 'application/json', origin: host.origin, ...headers },
      }),
  };
}

async function started(
  clientId = 'partner',
): Promise<{ agent: BrowserAgent; url: string; verifier: string }> {
  const agent = browserAgent(host.origin);
  const { verifier, challenge } = pkce();
  const { location = '' } = await agent.get(authorizationUrl(host, clientId, challenge));
  return { agent, url: location, verifier };
}

describe('Accept: application/json', () => {
  it('walks the same steps: login, consent, and the redirect to the client', async () => {
    const { agent, url, verifier } = await started();
    const api = frontEnd(agent);
    const login = await api.get(url);
    expect(login.status).toBe(200);
    expect(login.body).toEqual({
      page: 'login',
      form: { action: url, csrf: expect.any(String) },
      data: {
        client: expect.objectContaining({ client_id: 'partner', client_name: 'Partner' }),
        methods: [
          {
            name: 'password',
            label: 'Password',
            form: expect.objectContaining({
              fields: [
                expect.objectContaining({ name: 'identifier', type: 'text', required: true }),
                expect.objectContaining({ name: 'password', type: 'password', required: true }),
              ],
            }),
          },
        ],
        reasons: ['no_session'],
      },
    });
    const sent = await api.post(url, { method: 'password', identifier: 'ada', password: 'ada-pw' });
    expect([sent.status, Object.keys(sent.body)]).toEqual([200, ['redirect']]);

    const consentUrl = (await agent.get(sent.body.redirect ?? '')).location ?? '';
    const consent = await api.get(consentUrl);
    expect(consent.body.page).toBe('consent');
    expect(consent.body.data).toMatchObject({
      mode: 'ask',
      client: { client_id: 'partner', name: 'Partner' },
      account: { accountId: 'ada', label: 'Ada' },
      destination: { display: 'partner.test', kind: 'https' },
      groups: [
        {
          name: 'Notes',
          scopes: [{ name: 'notes:read', description: 'Read your notes', checked: true }],
        },
      ],
    });
    const allowed = await api.post(consentUrl, { decision: 'allow', 'scope:notes:read': 'true' });
    const back = await agent.get(allowed.body.redirect ?? '');
    const code = new URL(back.location ?? '').searchParams.get('code') ?? '';
    expect((await redeem(host, 'partner', code, verifier)).body.scope).toBe('notes:read');
  });

  it('names what is wrong with a login, in the form of the page', async () => {
    const { agent, url } = await started();
    const { status, body } = await frontEnd(agent).post(url, {
      method: 'password',
      identifier: 'ada',
      password: 'no',
    });
    expect([status, body.page]).toEqual([422, 'login']);
    expect(body.data).toMatchObject({ error: expect.any(String), activeMethod: 'password' });
    expect(JSON.stringify(body)).not.toContain('"no"');
  });

  it('says errors as JSON with a stable kind', async () => {
    const { agent, url } = await started();
    const stranger = frontEnd(browserAgent(host.origin));
    const cases: [url: string, status: number, kind: string][] = [
      [url, 400, 'cookie_missing'],
      [`${host.issuer}/interaction/unknown`, 400, 'interaction_unknown'],
      [`${host.issuer}/authorize/unknown`, 400, 'interaction_unknown'],
      [`${host.issuer}/authorize?client_id=nobody`, 400, 'unknown_client'],
      [
        authorizationUrl(host, 'web', 'x', { redirect_uri: 'https://evil.test/' }),
        400,
        'redirect_uri_not_registered',
      ],
    ];
    for (const [target, status, kind] of cases) {
      const reply = await stranger.get(target);
      expect([target, reply.status, reply.body.page, reply.body.data?.kind]).toEqual([
        target,
        status,
        'error',
        kind,
      ]);
    }
    await frontEnd(agent).post(url, { action: 'deny' });
    expect((await frontEnd(agent).get(url)).body.redirect).toContain('/authorize/');
  });
});

describe('a POST of JSON', () => {
  it('must come from the issuer’s origin; a content type of forms needs the hidden field', async () => {
    const { agent, url } = await started();
    const api = frontEnd(agent);
    const fields = { method: 'password', identifier: 'ada', password: 'ada-pw' };
    for (const headers of [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const { status, body } = await api.post(url, fields, headers as Record<string, string>);
      expect([status, body.data?.kind]).toEqual([403, 'form_not_ours']);
    }
    const asForm = await api.post(url, new URLSearchParams(fields).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect([asForm.status, asForm.body.data?.kind]).toEqual([403, 'form_not_ours']);
    expect((await api.post(url, fields)).body.redirect).toContain(`${host.issuer}/authorize/`);
  });

  it.each(['', '{', '[]', '"method=password"', 'null', '1', '[{"method":"password"}]'])(
    'that is no object, %p, is invalid_request as JSON',
    async (body) => {
      const { agent, url } = await started();
      const reply = await frontEnd(agent).post(url, body);
      expect([reply.status, reply.body.data?.kind]).toEqual([400, 'invalid_request']);
    },
  );

  it('counts nothing that is not a string', async () => {
    const { agent, url } = await started();
    const bodies = [
      { method: 'password', identifier: ['ada'], password: 'ada-pw' },
      { method: 'password', identifier: { $ne: '' }, password: { $ne: '' } },
      { method: 'password', identifier: true, password: 1 },
      { method: ['password'], identifier: 'ada', password: 'ada-pw' },
    ];
    for (const fields of bodies) {
      const reply = await frontEnd(agent).post(url, fields);
      expect([422, 400]).toContain(reply.status);
      expect(reply.body).not.toHaveProperty('redirect');
    }
    const polluted = '{"__proto__":{"method":"password","identifier":"ada","password":"ada-pw"}}';
    expect((await frontEnd(agent).post(url, polluted)).status).toBe(400);
  });
});

describe('a browser', () => {
  it('gets HTML, also when it would take JSON beside', async () => {
    const { agent, url } = await started();
    for (const accept of [
      'text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8',
      '*/*',
      '',
    ]) {
      const reply = await agent.get(url, { accept });
      expect([accept, reply.headers.get('content-type')]).toEqual([
        accept,
        'text/html; charset=utf-8',
      ]);
    }
  });
});
