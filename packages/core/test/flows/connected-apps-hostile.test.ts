import { appsOf, openApps, removeApp } from '../apps-page.js';
import { type BrowserAgent, browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { authorizationUrl, authorize, logIn, refresh, type Tokens } from '../oauth-client.js';

let host: TestHost;
let ada: BrowserAgent;
let bob: BrowserAgent;
let adas: Tokens;
let page: string;

beforeAll(async () => {
  host = await startHost();
  page = `${host.issuer}/apps`;
  ada = browserAgent(host.origin);
  bob = browserAgent(host.origin);
  adas = await logIn(host, 'partner', { agent: ada });
  await logIn(host, 'web', { agent: bob, person: { identifier: 'bob', password: 'bob-pw' } });
});
afterAll(() => host.close());

const csrfOf = async (agent: BrowserAgent): Promise<string> =>
  (await openApps(host, agent)).body.form?.csrf ?? '';

/** The cookies of a browser, for requests that it would not make. */
const cookieOf = (agent: BrowserAgent): string =>
  [...agent.cookies]
    .filter(([, { path }]) => path === '/')
    .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
    .join('; ');

const send = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(page, {
    method: 'POST',
    redirect: 'manual',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'cookie': cookieOf(ada),
      ...headers,
    },
  });

const stillConnected = async (): Promise<void> => {
  expect(await appsOf(host, ada)).toEqual(['partner']);
  const { status, body } = await refresh(host, 'partner', adas.refresh_token);
  expect(status).toBe(200);
  adas = body as unknown as Tokens;
};

describe('a removal that the page did not send', () => {
  it.each([
    ['no form token', {}],
    ['an empty form token', { csrf: '' }],
    ['a made-up form token', { csrf: 'x'.repeat(43) }],
  ])('is refused with %s', async (_what, fields) => {
    const reply = await send(new URLSearchParams({ client_id: 'partner', ...fields }).toString());
    expect(reply.status).toBe(403);
    await stillConnected();
  });

  it('is refused with the form token of another account', async () => {
    const csrf = await csrfOf(bob);
    expect(
      (await send(new URLSearchParams({ client_id: 'partner', csrf }).toString())).status,
    ).toBe(403);
    await stillConnected();
  });

  it('is refused with the form token of another session of the same account', async () => {
    const phone = browserAgent(host.origin);
    await logIn(host, 'partner', { agent: phone });
    const csrf = await csrfOf(phone);
    expect(
      (await send(new URLSearchParams({ client_id: 'partner', csrf }).toString())).status,
    ).toBe(403);
  });

  it('is refused with the form token of an interaction', async () => {
    const login = await browserAgent(host.origin).follow(
      authorizationUrl(host, 'web', pkce().challenge),
    );
    const csrf = /name="csrf" value="([^"]+)"/.exec(login.text)?.[1] ?? '';
    expect(csrf).not.toBe('');
    expect(
      (await send(new URLSearchParams({ client_id: 'partner', csrf }).toString())).status,
    ).toBe(403);
  });

  it.each([
    { origin: 'https://evil.test' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('is refused from another site, with a good form token: %j', async (headers) => {
    const csrf = await csrfOf(ada);
    const body = new URLSearchParams({ client_id: 'partner', csrf }).toString();
    expect((await send(body, headers as Record<string, string>)).status).toBe(403);
    await stillConnected();
  });

  it.each([{}, { origin: 'null' }, { origin: 'https://evil.test' }])(
    'is refused as JSON without the origin of the issuer: %j',
    async (headers) => {
      const csrf = await csrfOf(ada);
      const reply = await send(JSON.stringify({ client_id: 'partner', csrf }), {
        'content-type': 'application/json',
        ...(headers as Record<string, string>),
      });
      expect(reply.status).toBe(403);
      await stillConnected();
    },
  );

  it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/xml'])(
    'is refused as %s, which a form of any site can send',
    async (type) => {
      const csrf = await csrfOf(ada);
      const reply = await send(JSON.stringify({ client_id: 'partner', csrf }), {
        'content-type': type,
        'origin': host.origin,
      });
      expect(reply.status).toBe(400);
      await stillConnected();
    },
  );
});

describe('fields of a removal', () => {
  const removal = async (fields: string): Promise<Response> =>
    send(`csrf=${await csrfOf(ada)}${fields}`);

  it.each([
    ['no client', ''],
    ['an empty client', '&client_id='],
    ['a client twice', '&client_id=partner&client_id=web'],
    ['a list', '&client_id[]=partner'],
    ['an object', '&client_id[$ne]=x'],
  ])('that name %s are an error, and end nothing', async (_what, fields) => {
    expect((await removal(fields)).status).toBe(400);
    await stillConnected();
  });

  it.each([
    ['an unknown client', 'nobody'],
    ['a client of another account', 'web'],
    ['a machine', 'machine'],
    ['the credential of a resource', 'ledger-api'],
    ['a NUL', 'partner%00'],
    ['another case', 'Partner'],
    ['a prototype', '__proto__'],
    ['60 kilobytes', 'x'.repeat(60_000)],
  ])('that name %s get the same answer, and end nothing', async (_what, client) => {
    const reply = await removal(`&client_id=${client}`);
    expect([reply.status, reply.headers.get('location')]).toEqual([303, page]);
    expect(host.log.some(({ message }) => message === 'revoked')).toBe(false);
    await stillConnected();
    expect(await appsOf(host, bob)).toEqual(['web']);
  });

  it('that name an account too do not change whose grant it is', async () => {
    const csrf = await csrfOf(bob);
    const body = `csrf=${csrf}&client_id=partner&accountId=ada&account=ada&sub=ada`;
    expect((await send(body, { cookie: cookieOf(bob) })).status).toBe(303);
    await stillConnected();
  });

  it('that are a megabyte are 413', async () => {
    expect((await removal(`&client_id=${'x'.repeat(1_000_000)}`)).status).toBe(413);
    await stillConnected();
  });

  it.each([
    '[]',
    'null',
    '"partner"',
    '{"client_id":{"$gt":""}}',
    '{"client_id":["partner"]}',
    '{',
  ])('that are the JSON %s are an error', async (body) => {
    const reply = await send(body, { 'content-type': 'application/json', 'origin': host.origin });
    expect(reply.status).toBe(400);
    await stillConnected();
  });
});

describe('the page', () => {
  it('is kept out of frames and caches, and runs nothing', async () => {
    for (const accept of ['text/html', 'application/json']) {
      const { headers } = await ada.get(page, { accept });
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'nonce-[\w-]+'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('etag')).toBeNull();
    }
  });

  it('stays whole with what a client calls itself', async () => {
    const client_name = '</h2><script>alert(1)</script>"><img src=x>\u202Egro.knab\u202C';
    await host.auth.clients.create({
      client_id: 'evil',
      client_name: `${client_name}${'W'.repeat(1000)}`,
      client_uri: 'https://evil.test/',
      logo_uri: 'https://evil.test/logo.png',
      redirect_uris: ['https://evil.test/cb'],
      scope: 'notes:read',
    });
    const more = { redirect_uri: 'https://evil.test/cb' };
    await authorize(ada, authorizationUrl(host, 'evil', pkce().challenge, more));
    const { text } = await ada.get(page);
    expect(text).not.toMatch(/<script|<img|\u202E|W{51}/);
    expect(text).toContain('has not checked who is behind it');
    expect(text.match(/<form/g)).toHaveLength(2);
    await removeApp(host, ada, 'evil');
    await stillConnected();
  });

  it.each(['', 'x', '%00', '..%2F', 'x'.repeat(5000), '%7B%22%24gt%22%3A%22%22%7D'])(
    'starts at the beginning for a cursor that it did not make: %.20s',
    async (cursor) => {
      const { status, body } = await openApps(host, ada, `${page}?cursor=${cursor}`);
      expect(status).toBe(200);
      expect(body.data?.apps).toHaveLength(1);
    },
  );

  it('takes no other method', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const reply = await fetch(page, { method, headers: { cookie: cookieOf(ada) } });
      expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, POST, HEAD']);
    }
    const head = await fetch(page, { method: 'HEAD', headers: { cookie: cookieOf(ada) } });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});
