import { browserAgent, pkce } from '../browser-agent.js';
import { startHost, type TestHost } from '../host.js';
import { authorizationUrl, authorize, logIn } from '../oauth-client.js';

const wellKnown = '/.well-known/oauth-authorization-server';

let host: TestHost;
beforeAll(async () => {
  host = await startHost({
    after: (app) => {
      app.use((req, res) => void res.status(404).send(`the host knows no ${req.originalUrl}`));
    },
  });
});
afterAll(() => host.close());

const below = (path: string): string => `${host.origin}${host.mount}${path}`;

/** RFC 8414 §2, of a server without the OpenID plugin, to the letter. */
function pinnedMetadata(issuer: string): object {
  const signing = ['ES256', 'RS256', 'PS256', 'EdDSA'];
  const methods = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    scopes_supported: ['notes:read', 'notes:write', 'ledger:read'],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: signing,
    revocation_endpoint: `${issuer}/revoke`,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: signing,
    introspection_endpoint: `${issuer}/introspect`,
    introspection_endpoint_auth_methods_supported: methods.slice(1),
    introspection_endpoint_auth_signing_alg_values_supported: signing,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
}

describe('the metadata document (RFC 8414)', () => {
  it('stands between host and path of the issuer, and under the mount too', async () => {
    const pinned = pinnedMetadata(host.issuer);
    for (const url of [`${host.origin}${wellKnown}${host.mount}`, below(wellKnown)]) {
      const reply = await fetch(url);
      expect(reply.status).toBe(200);
      expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await reply.json()).toEqual(pinned);
    }
  });

  it('answers 304 to its ETag, weak or strong, alone or in a list', async () => {
    const url = below(wellKnown);
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const reply = await fetch(url, { headers: { 'if-none-match': known } });
      expect([known, reply.status, await reply.text()]).toEqual([known, 304, '']);
    }
    const other = await fetch(url, { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const url = below(wellKnown);
    const [get, head] = await Promise.all([fetch(url), fetch(url, { method: 'HEAD' })]);
    const own = ({ headers }: Response): [string, string][] =>
      [...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name));
    expect(own(head)).toEqual(own(get));
    expect(await head.text()).toBe('');
    expect(Number(head.headers.get('content-length'))).toBe((await get.arrayBuffer()).byteLength);
  });

  it('publishes no key but the public ones', async () => {
    const { keys } = (await (await fetch(below('/jwks'))).json()) as {
      keys: Record<string, unknown>[];
    };
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    }
  });
});

describe('OpenID Connect, without its plugin', () => {
  it('has no discovery: the documents are the host’s to answer', async () => {
    const paths = [
      `${host.mount}/.well-known/openid-configuration`,
      `/.well-known/openid-configuration${host.mount}`,
      `${host.mount}/userinfo`,
      `${host.mount}/me`,
      `${host.mount}/session/end`,
      `${host.mount}/reg`,
      `${host.mount}/request`,
    ];
    for (const path of paths) {
      const reply = await fetch(`${host.origin}${path}`);
      expect([path, reply.status, await reply.text()]).toEqual([
        path,
        404,
        `the host knows no ${path}`,
      ]);
    }
  });

  it.each(['openid', 'openid notes:read', 'notes:read openid profile'])(
    'refuses the scope "%s" with invalid_scope at the redirect URI',
    async (scope) => {
      const { challenge } = pkce();
      const url = authorizationUrl(host, 'web', challenge, { scope, nonce: 'n' });
      const back = new URL((await browserAgent(host.origin).follow(url)).location ?? 'none:');
      expect(back.origin + back.pathname).toBe('https://web.test/cb');
      expect(back.searchParams.get('error')).toBe('invalid_scope');
      expect(back.searchParams.get('state')).toBe('the-state');
      expect(back.searchParams.get('iss')).toBe(host.issuer);
      expect(back.searchParams.has('code')).toBe(false);
    },
  );
});

describe('an https issuer behind a proxy that ends TLS', () => {
  const publicOrigin = 'https://id.acme.test';

  it('makes https URLs and cookies that browsers bind to the host, without any proxy setting', async () => {
    const proxied = await startHost({ publicOrigin });
    try {
      const agent = browserAgent(proxied.origin, publicOrigin);
      const { challenge } = pkce();
      const first = await agent.get(authorizationUrl(proxied, 'web', challenge));
      expect(first.location).toMatch(new RegExp(`^${proxied.issuer}/interaction/[\\w-]+$`));
      const suffix = proxied.mount.replaceAll('/', '-');
      const cookies = first.headers.getSetCookie();
      expect(cookies.length).toBeGreaterThan(0);
      for (const cookie of cookies) {
        expect(cookie).toMatch(
          new RegExp(
            `^(__Secure-gatehouse${suffix}-(interaction|resume)(\\.sig)?|__Host-gatehouse${suffix}-login)=`,
          ),
        );
        expect(cookie).toMatch(/; secure(;|$)/i);
        expect(cookie).toMatch(/; httponly(;|$)/i);
        expect(cookie).toMatch(/; samesite=lax(;|$)/i);
        expect(cookie).not.toMatch(/; domain=/i);
      }
      const back = await authorize(agent, authorizationUrl(proxied, 'web', challenge));
      expect(new URL(back.location ?? '').searchParams.get('iss')).toBe(proxied.issuer);
      const session = back.headers.getSetCookie().filter((cookie) => cookie.startsWith('__Host-'));
      expect(session).toHaveLength(2);
      for (const cookie of session) {
        expect(cookie).toMatch(new RegExp(`^__Host-gatehouse${suffix}-session(\\.sig)?=`));
        expect(cookie).toMatch(/; path=\/;/i);
        expect(cookie).toMatch(/; secure(;|$)/i);
        expect(cookie).not.toMatch(/; domain=/i);
      }
    } finally {
      await proxied.close();
    }
  });

  it('says https in the metadata and in the redirects of a whole flow', async () => {
    const proxied = await startHost({ publicOrigin });
    try {
      const document = await (await fetch(`${proxied.origin}${wellKnown}${proxied.mount}`)).json();
      expect(document).toEqual(pinnedMetadata(proxied.issuer));
      expect(JSON.stringify(document)).not.toContain('http://');
      const agent = browserAgent(proxied.origin, publicOrigin);
      expect(await logIn(proxied, 'partner', { agent })).toMatchObject({ scope: 'notes:read' });
    } finally {
      await proxied.close();
    }
  });
});
