import { browserAgent, pkce, type Reply } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { answerOf, headingOf } from '../interaction-page.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a template engine would run
const script = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'`${7*7}{{7*7}}';
const { challenge } = pkce();
const good: Readonly<Record<string, string>> = {
  client_id: 'web',
  response_type: 'code',
  redirect_uri: 'https://web.test/cb',
  scope: 'notes:read',
  state: 's',
  code_challenge: challenge,
  code_challenge_method: 'S256',
};

/** A query that is right but for `more`; `undefined` takes a parameter away, a list repeats it. */
function query(more: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...good, ...more })) {
    for (const one of [value ?? []].flat()) params.append(name, one);
  }
  return params.toString();
}

const authorize = (search: string): Promise<Reply> =>
  browserAgent(host.origin).get(`${host.issuer}/authorize?${search}`);

/** Nothing that a parameter said stands in the page but as text. */
function checkPage(page: Reply): void {
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page.headers.get('cache-control')).toContain('no-store');
  expect(page.text).not.toMatch(/<(script|img|iframe|b)\b|<[a-z][^>]*\son\w+\s*=|\0/i);
  expect(page.text).not.toMatch(/(href|src|action)="\s*(javascript|data|vbscript):/i);
  expect(page.text).not.toContain('at Object.');
  expect(page.text).not.toContain('node_modules');
}

/** The error goes to the person, and the browser goes nowhere. */
async function expectPage(search: string, heading: RegExp | string): Promise<void> {
  const page = await authorize(search);
  expect([search, page.status, page.location]).toEqual([search, 400, undefined]);
  expect(headingOf(page)).toMatch(heading);
  checkPage(page);
}

/** The error goes to the redirect URI that is registered, and nowhere else. */
async function expectError(search: string, error: string): Promise<void> {
  const reply = await authorize(search);
  expect([search, reply.status]).toEqual([search, 303]);
  const back = new URL(reply.location ?? 'none:');
  expect([search, back.origin + back.pathname]).toEqual([search, 'https://web.test/cb']);
  // A response type with a token is answered in the fragment (OAuth 2.0 Multiple Response Types §5).
  const answer = Object.fromEntries(new URLSearchParams(back.search || back.hash.slice(1)));
  expect({ search, ...answer }).toMatchObject({ search, error, state: 's', iss: host.issuer });
  // RFC 6749 §4.1.2.1: no other characters than these.
  expect(answer.error_description ?? '').toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
}

const unknownApp = 'We don’t know this app';
const foreignLink = 'This link doesn’t belong to the app';
const unusable = 'The app’s request doesn’t work';

describe('a request without a client that we know', () => {
  it.each([
    ['none', query({ client_id: undefined })],
    ['empty', query({ client_id: '' })],
    ['unknown', query({ client_id: 'nobody' })],
    ['a list in brackets', query({ client_id: undefined, 'client_id[]': 'web' })],
    ['an object in brackets', query({ client_id: undefined, 'client_id[$ne]': '' })],
    ['twice', query({ client_id: ['web', 'web'] })],
    ['twice, two clients', query({ client_id: ['web', 'partner'] })],
    ['with a NUL', query({ client_id: 'web\0' })],
    ['with a line break', query({ client_id: 'web\r\nSet-Cookie: a=b' })],
    ['__proto__', query({ client_id: '__proto__' })],
    ['constructor', query({ client_id: 'constructor' })],
    ['HTML', query({ client_id: script })],
    ['a URL', query({ client_id: 'https://evil.test/client.json' })],
    ['10 KB', query({ client_id: 'x'.repeat(10_000) })],
    ['the credential of a resource', query({ client_id: 'ledger-api' })],
    ['no parameter at all', ''],
    ['broken percent-encoding', 'client_id=%ZZ&redirect_uri=%'],
    ['invalid UTF-8', 'client_id=%C0%80web&redirect_uri=%FF'],
    ['only __proto__', '__proto__[client_id]=web&__proto__=x'],
  ])('client_id %s: a page, and no redirect', async (_name, search) => {
    const page = await authorize(search);
    expect([page.status, page.location]).toEqual([400, undefined]);
    expect([unknownApp, unusable, foreignLink]).toContain(headingOf(page));
    checkPage(page);
  });

  it('is told which client_id was sent, as text', async () => {
    const page = await authorize(query({ client_id: 'no<b>body' }));
    expect(page.text).toContain('client_id: no&lt;b');
  });
});

describe('a redirect URI that is not registered', () => {
  it.each([
    'https://evil.test/cb',
    'https://web.test/cb/',
    'https://web.test/cb?x=1',
    'https://web.test/cb#x',
    'https://web.test/CB',
    'https://WEB.test/cb',
    'https://web.test:443/cb',
    'https://web.test/cb/../cb',
    'https://web.test/%63b',
    'https://web.test@evil.test/cb',
    'https://evil.test/https://web.test/cb',
    'http://web.test/cb',
    '//web.test/cb',
    '/cb',
    'javascript:alert(1)//https://web.test/cb',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'https://web.test/cb\r\nLocation: https://evil.test',
    'https://web.test/cb\0',
    ' https://web.test/cb',
    'https://web.test/cb ',
    script,
    `https://web.test/${'x'.repeat(10_000)}`,
  ])('%p: a page, and no redirect', (redirect_uri) =>
    expectPage(query({ redirect_uri }), foreignLink),
  );

  it('in a list is not the registered one', async () => {
    const reply = await authorize(
      query({ redirect_uri: undefined, 'redirect_uri[]': 'https://evil.test/' }),
    );
    expect(reply.location ?? '').not.toContain('evil.test');
  });

  it('twice goes to the registered one at most', async () => {
    const both = ['https://web.test/cb', 'https://evil.test/cb'];
    for (const redirect_uri of [both, [...both].reverse()]) {
      await expectError(query({ redirect_uri }), 'invalid_request');
    }
  });

  it('of another client is not this client’s', () =>
    expectPage(query({ redirect_uri: 'https://partner.test/cb' }), foreignLink));

  it('wins over every other error: nothing leaves to it', async () => {
    for (const more of [
      { scope: 'nonsense' },
      { response_type: 'token' },
      { code_challenge: undefined },
      { prompt: 'nonsense' },
      { resource: 'https://nowhere.test/' },
      { response_mode: 'form_post' },
      { request: 'x' },
    ]) {
      await expectPage(query({ ...more, redirect_uri: 'https://evil.test/cb' }), foreignLink);
    }
  });
});

describe('parameters that are not what they should be', () => {
  it.each([
    ['response_type', 'token', 'unsupported_response_type'],
    ['response_type', 'id_token', 'unsupported_response_type'],
    ['response_type', 'code token', 'unsupported_response_type'],
    ['response_type', 'none', 'unsupported_response_type'],
    ['response_type', '__proto__', 'unsupported_response_type'],
    ['response_type', script, 'unsupported_response_type'],
    ['response_type', undefined, 'invalid_request'],
    ['response_mode', 'form_post', 'unsupported_response_mode'],
    ['response_mode', 'web_message', 'unsupported_response_mode'],
    ['response_mode', '__proto__', 'unsupported_response_mode'],
    ['scope', 'nonsense', 'invalid_scope'],
    ['scope', 'notes:read nonsense', 'invalid_scope'],
    ['scope', 'notes:read\0', 'invalid_scope'],
    ['scope', 'notes:read\n', 'invalid_scope'],
    ['scope', 'constructor', 'invalid_scope'],
    ['scope', '__proto__', 'invalid_scope'],
    ['scope', script, 'invalid_scope'],
    ['scope', 'offline_access', 'invalid_scope'],
    ['resource', 'https://nowhere.test/', 'invalid_target'],
    ['resource', script, 'invalid_target'],
    ['resource', '__proto__', 'invalid_target'],
    ['code_challenge', undefined, 'invalid_request'],
    ['code_challenge', 'short', 'invalid_request'],
    ['code_challenge', 'x'.repeat(129), 'invalid_request'],
    ['code_challenge', `${challenge}=`, 'invalid_request'],
    ['code_challenge_method', 'plain', 'invalid_request'],
    ['code_challenge_method', undefined, 'invalid_request'],
    ['code_challenge_method', 's256', 'invalid_request'],
    ['code_challenge_method', '__proto__', 'invalid_request'],
    ['request', 'eyJhbGciOiJub25lIn0.e30.', 'request_not_supported'],
    ['request_uri', 'https://evil.test/request', 'request_uri_not_supported'],
    ['registration', '{}', 'registration_not_supported'],
  ])('%s=%p: %s at the redirect URI', async (name, value, error) => {
    await expectError(query({ [name]: value }), error);
  });

  it.each([
    'response_type',
    'scope',
    'code_challenge',
    'code_challenge_method',
    'prompt',
    'response_mode',
    'login_hint',
  ])('%s twice: invalid_request', (name) =>
    expectError(query({ [name]: [good[name] ?? 'x', good[name] ?? 'x'] }), 'invalid_request'),
  );

  it('state twice: invalid_request, and neither is sent back', async () => {
    const reply = await authorize(query({ state: ['one', 'two'] }));
    expect(answerOf(reply)).toMatchObject({ error: 'invalid_request' });
    expect(answerOf(reply)).not.toHaveProperty('state');
  });

  it('in brackets are other parameters, which nobody knows', async () => {
    await expectError(
      query({
        'scope[]': 'notes:write',
        'state[]': 'x',
        'scope': undefined,
        'code_challenge[]': 'x',
        'code_challenge': undefined,
      }),
      'invalid_request',
    );
  });
});

describe('state', () => {
  it.each([
    ['10 KB', 'x'.repeat(10_000)],
    ['HTML', script],
    ['a line break', 'a\r\nSet-Cookie: a=b\r\n\r\n<html>'],
    ['a NUL', 'a\0b'],
    ['a query', '&code=stolen&iss=https://evil.test#code=stolen'],
    ['a plus, a percent sign and a space', 'a+b%2B %'],
    ['emoji', '👩‍🚀é\u202e'],
  ])('of %s comes back byte by byte, as one parameter', async (_name, state) => {
    const reply = await authorize(query({ state, scope: 'nonsense' }));
    const { searchParams, hash } = new URL(reply.location ?? 'none:');
    expect(searchParams.getAll('state')).toEqual([state]);
    expect(searchParams.getAll('iss')).toEqual([host.issuer]);
    expect([searchParams.has('code'), hash]).toEqual([false, '']);
    expect(reply.headers.get('set-cookie') ?? '').not.toContain('a=b');
    // The body of a redirect is HTML too.
    expect(reply.text).not.toMatch(/<script|<img/);
  });
});

describe('a request that is right, with much beside it', () => {
  it('still leads to the login page', async () => {
    const beside = {
      __proto__x: '1',
      'constructor[prototype][x]': '1',
      '__proto__[client_id]': 'evil',
      x: script,
      foo: ['1', '2'],
    };
    const reply = await authorize(query(beside));
    expect(reply.location).toContain(`${host.issuer}/interaction/`);
  });

  it('writes a login hint into the page as text', async () => {
    const page = await browserAgent(host.origin).follow(
      `${host.issuer}/authorize?${query({ login_hint: script, ui_locales: script, display: script })}`,
    );
    expect([page.status, headingOf(page)]).toEqual([200, 'Sign in']);
    checkPage(page);
  });

  it('of 10 KB in every parameter is refused without harm', async () => {
    const reply = await authorize(
      query({
        scope: 'x'.repeat(3000),
        login_hint: 'x'.repeat(3000),
        ui_locales: 'x'.repeat(3000),
      }),
    );
    expect(answerOf(reply)).toMatchObject({ error: 'invalid_scope', state: 's' });
  });
});

describe('the log of all that', () => {
  it('holds no failure, and nothing that a browser sent as a secret', () => {
    expect(host.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
