import { browserAgent, pkce, type Reply } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { authorizationUrl, authorize, codeOf, redeem } from '../oauth-client.js';

let host: TestHost;
beforeAll(async () => {
  host = await startHost({
    clients: [
      {
        client_id: 'web',
        client_secret: 'web-secret-0123456789-abcdefghijklmnop',
        redirect_uris: ['https://web.test/cb'],
        firstParty: true,
      },
      {
        client_id: 'two',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['https://two.test/cb?a=1', 'https://two.test/other'],
        firstParty: true,
      },
      {
        client_id: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]:4000/cb', 'com.acme.notes:/cb'],
        scope: 'notes:read',
      },
      {
        client_id: 'local-web',
        token_endpoint_auth_method: 'none',
        application_type: 'web',
        redirect_uris: ['http://localhost:4000/cb'],
        firstParty: true,
      },
      {
        client_id: 'machine',
        client_secret: 'machine-secret-0123456789-abcdefghijkl',
        grant_types: ['client_credentials'],
        redirect_uris: ['https://machine.test/cb'],
        scope: 'notes:read',
      },
    ],
  });
});
afterAll(() => host.close());

function ask(clientId: string, params: Record<string, string> = {}): Promise<Reply> {
  const url = authorizationUrl(host, clientId, pkce().challenge, params);
  return browserAgent(host.origin).get(url);
}

function expectPage(reply: Reply): void {
  expect(reply.location).toBeUndefined();
  expect(reply.status).toBe(400);
  expect(reply.headers.get('content-type')).toMatch(/^text\/html/);
  expect(reply.headers.get('cache-control')).toBe('no-store');
}

/** The error that the client gets: with state and iss, and without a code. */
function errorAt(reply: Reply, redirectUri: string): string | null {
  expect(reply.status).toBe(303);
  const { location = '' } = reply;
  expect(location.startsWith(redirectUri)).toBe(true);
  const { search, hash } = new URL(location);
  // RFC 6749 §4.2.2.1: what was asked by the implicit grant is answered in the fragment.
  const searchParams = new URLSearchParams(search === '' ? hash.slice(1) : search);
  expect(searchParams.get('state')).toBe('the-state');
  expect(searchParams.get('iss')).toBe(host.issuer);
  expect(searchParams.get('code')).toBeNull();
  return searchParams.get('error');
}

describe('a redirect_uri at the authorization endpoint', () => {
  it.each([
    ['web', 'https://web.test/cb/'],
    ['web', 'https://web.test/CB'],
    ['web', 'https://WEB.test/cb'],
    ['web', 'HTTPS://web.test/cb'],
    ['web', 'https://web.test:443/cb'],
    ['web', 'https://web.test/cb?x=1'],
    ['web', 'https://web.test/cb#x'],
    ['web', 'https://web.test/cb?'],
    ['web', 'https://web.test/x/../cb'],
    ['web', 'https://web.test/%63b'],
    ['web', 'https://web.test@evil.test/cb'],
    ['web', 'https://evil.test/cb'],
    ['web', 'https://web.test.evil.test/cb'],
    ['web', 'http://web.test/cb'],
    ['web', 'https://web.test/cb\0'],
    ['web', ' https://web.test/cb'],
    ['web', 'javascript:alert(1)'],
    ['web', 'data:text/html,x'],
    ['web', '/cb'],
    ['web', 'nonsense'],
    ['web', 'https://two.test/other'],
    ['two', 'https://two.test/cb'],
    ['two', 'https://two.test/cb?a=2'],
    ['two', 'https://two.test/cb?a=1&b=2'],
    ['local-web', 'http://localhost:4001/cb'],
    ['local-web', 'http://localhost/cb'],
    ['local-web', 'http://127.0.0.1:4000/cb'],
    ['native', 'http://127.0.0.1:5000/other'],
    ['native', 'http://127.0.0.1:5000/cb?x=1'],
    ['native', 'https://127.0.0.1:5000/cb'],
    ['native', 'http://localhost:5000/cb'],
    ['native', 'http://127.0.0.2:5000/cb'],
    ['native', 'http://x@127.0.0.1:5000/cb'],
    ['native', 'http://127.0.0.1:5000@evil.test/cb'],
    ['native', 'http://127.0.0.1:99999/cb'],
    ['native', 'com.acme.notes:/cb/'],
    ['native', 'com.acme.notes://cb'],
    ['native', 'com.acme.other:/cb'],
  ])(
    'of %s that is %j, which is not registered, gets a page and never a redirect',
    async (clientId, redirect_uri) => {
      expectPage(await ask(clientId, { redirect_uri }));
      // Neither when something else is wrong as well.
      expectPage(await ask(clientId, { redirect_uri, response_type: 'token' }));
      expectPage(await ask(clientId, { redirect_uri, scope: 'nothing' }));
      expectPage(await ask(clientId, { redirect_uri, code_challenge: '' }));
    },
  );

  it('is matched exactly, query included', async () => {
    const { challenge, verifier } = pkce();
    const redirect_uri = 'https://two.test/cb?a=1';
    const url = authorizationUrl(host, 'two', challenge, { redirect_uri });
    const back = await authorize(browserAgent(host.origin), url);
    expect(back.location?.startsWith('https://two.test/cb?a=1&')).toBe(true);
    const { status } = await redeem(host, 'two', codeOf(back), verifier, {
      redirect_uri,
      client_id: 'two',
    });
    expect(status).toBe(200);
  });

  it.each([
    'http://127.0.0.1:51234/cb',
    'http://127.0.0.1/cb',
    'http://[::1]:61234/cb',
    'com.acme.notes:/cb',
  ])(
    'of a native client may be %s: the port of a loopback address is free (RFC 8252 §7.3)',
    async (redirect_uri) => {
      const { challenge, verifier } = pkce();
      const url = authorizationUrl(host, 'native', challenge, { redirect_uri });
      const back = await authorize(browserAgent(host.origin), url);
      expect(back.location?.startsWith(redirect_uri)).toBe(true);
      const more = { redirect_uri, client_id: 'native' };
      const code = codeOf(back);
      // The same port again at the token endpoint.
      const other = { ...more, redirect_uri: 'http://127.0.0.1:1/cb' };
      expect((await redeem(host, 'native', code, verifier, other)).body.error).toBe(
        'invalid_grant',
      );
      expect((await redeem(host, 'native', code, verifier, more)).status).toBe(200);
    },
  );

  it('may be left out where one alone is registered, and nowhere else', async () => {
    expect((await ask('web', { redirect_uri: '' })).location).toContain('/interaction/');
    expectPage(await ask('two', { redirect_uri: '' }));
  });

  it('is answered with a page when the client is unknown, missing or repeated', async () => {
    const redirect_uri = 'https://web.test/cb';
    expectPage(await ask('nobody', { redirect_uri }));
    expectPage(await ask('', { redirect_uri, client_id: '' }));
    for (const client_id of ['__proto__', 'constructor', '\0', 'x'.repeat(5000), 'ledger-api']) {
      expectPage(await ask(client_id, { redirect_uri }));
    }
    const twice = `${authorizationUrl(host, 'web', pkce().challenge)}&client_id=web`;
    expectPage(await browserAgent(host.origin).get(twice));
    const both = `${authorizationUrl(host, 'two', pkce().challenge)}&redirect_uri=https://evil.test/cb`;
    expectPage(await browserAgent(host.origin).get(both));
  });
});

describe('an error at the authorization endpoint goes to the client with state and iss', () => {
  it.each<[string, Record<string, string>]>([
    ['unsupported_response_type', { response_type: 'token' }],
    ['unsupported_response_type', { response_type: 'id_token' }],
    ['unsupported_response_type', { response_type: 'code id_token' }],
    ['unsupported_response_type', { response_type: 'none' }],
    ['unsupported_response_type', { response_type: '__proto__' }],
    ['invalid_request', { response_type: '' }],
    ['invalid_scope', { scope: 'nothing' }],
    ['invalid_scope', { scope: 'notes:read openid' }],
    ['invalid_scope', { scope: 'openid' }],
    ['invalid_scope', { scope: 'offline_access' }],
    ['invalid_scope', { scope: 'notes:read "' }],
    ['invalid_target', { resource: 'https://other.test' }],
    ['invalid_target', { resource: 'nonsense' }],
    ['invalid_target', { scope: 'notes:read ledger:read' }],
    ['invalid_request', { code_challenge: '' }],
    ['invalid_request', { code_challenge: '', code_challenge_method: '' }],
    ['invalid_request', { code_challenge_method: '' }],
    ['invalid_request', { code_challenge_method: 'plain' }],
    ['invalid_request', { code_challenge_method: 's256' }],
    ['invalid_request', { code_challenge: 'too-short' }],
    ['invalid_request', { code_challenge: 'x'.repeat(129) }],
    ['invalid_request', { prompt: 'nonsense' }],
    ['invalid_request', { prompt: 'none login' }],
    ['login_required', { prompt: 'none' }],
    ['request_not_supported', { request: 'x.y.z' }],
    ['request_uri_not_supported', { request_uri: 'https://evil.test/r' }],
    ['registration_not_supported', { registration: '{}' }],
    ['unsupported_response_mode', { response_mode: 'form_post' }],
    ['unsupported_response_mode', { response_mode: 'web_message' }],
    ['unsupported_response_mode', { response_mode: 'nonsense' }],
  ])('as %s for %j', async (error, params) => {
    expect(errorAt(await ask('web', params), 'https://web.test/cb')).toBe(error);
  });

  it('as unauthorized_client for a client without the authorization_code grant type', async () => {
    const params = { redirect_uri: 'https://machine.test/cb' };
    expect(errorAt(await ask('machine', params), 'https://machine.test/cb')).toBe(
      'unauthorized_client',
    );
  });

  it.each(['state', 'scope', 'response_type', 'code_challenge', 'prompt'])(
    'as invalid_request for a repeated %s',
    async (name) => {
      const url = `${authorizationUrl(host, 'web', pkce().challenge)}&${name}=again`;
      const twice = name === 'prompt' ? `${url}&prompt=login` : url;
      const reply = await browserAgent(host.origin).get(twice);
      const { searchParams } = new URL(reply.location ?? 'none:');
      expect(searchParams.get('error')).toBe('invalid_request');
      expect(searchParams.get('iss')).toBe(host.issuer);
    },
  );

  it('in the fragment when the client asked for that', async () => {
    const { location = '' } = await ask('web', { response_mode: 'fragment', scope: 'nothing' });
    const { hash, search } = new URL(location);
    expect(search).toBe('');
    expect(new URLSearchParams(hash.slice(1)).get('error')).toBe('invalid_scope');
    expect(new URLSearchParams(hash.slice(1)).get('iss')).toBe(host.issuer);
  });

  it('with the state byte by byte, whatever is in it', async () => {
    const state = '"><script>alert(1)</script>&error=x\r\nSet-Cookie: a=b é\u0000';
    const { location = '' } = await ask('web', { scope: 'nothing', state });
    expect(new URL(location).searchParams.get('state')).toBe(state);
    expect(new URL(location).searchParams.getAll('error')).toEqual(['invalid_scope']);
  });
});
