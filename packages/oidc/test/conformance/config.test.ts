import { standardClaims } from '../../src/standard-claims.js';
import { type SuiteHost, startSuiteProvider } from './suite-client.js';

// Our reading of the Config plan: what a client library reads before its first request.
describe.each(['', '/auth'])('oidcc-discovery-endpoint-verification at "%s"', (mount) => {
  let host: SuiteHost;
  let document: Readonly<Record<string, unknown>>;
  beforeAll(async () => {
    host = await startSuiteProvider(mount);
    const reply = await fetch(`${host.issuer}/.well-known/openid-configuration`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
    document = (await reply.json()) as typeof document;
  });
  afterAll(() => host.close());

  it('the issuer is the address without the well-known part, without query and fragment', () => {
    expect(document.issuer).toBe(host.issuer);
    expect(String(document.issuer)).not.toMatch(/[?#]|\/$/);
  });

  it.each(['authorization', 'token', 'userinfo', 'end_session'])(
    'the %s endpoint is an address below the issuer',
    (name) => {
      const url = String(document[`${name}_endpoint`]);
      expect(url.startsWith(`${host.issuer}/`)).toBe(true);
      expect(url).not.toContain('#');
    },
  );

  it.each<[string, readonly string[]]>([
    ['response_types_supported', ['code']],
    ['grant_types_supported', ['authorization_code', 'refresh_token']],
    ['response_modes_supported', ['query', 'form_post']],
    ['scopes_supported', ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']],
    ['subject_types_supported', ['public']],
    ['id_token_signing_alg_values_supported', ['RS256']],
    ['token_endpoint_auth_methods_supported', ['client_secret_basic', 'client_secret_post']],
    ['claims_supported', ['sub', 'acr', ...Object.values(standardClaims).flat()]],
    ['acr_values_supported', ['urn:example:password']],
    ['request_object_signing_alg_values_supported', ['RS256']],
    ['claim_types_supported', ['normal']],
  ])('%s is a list with %j', (name, values) => {
    expect(document[name]).toEqual(expect.arrayContaining([...values]));
  });

  it('every list is one of different strings [discovery-3-lists]', () => {
    for (const [name, value] of Object.entries(document)) {
      if (!Array.isArray(value)) continue;
      expect([name, value.length]).toEqual([name, new Set(value).size]);
      expect([name, value.every((entry) => typeof entry === 'string')]).toEqual([name, true]);
    }
  });

  it('no implicit or hybrid flow, and no symmetric algorithm is advertised [discovery-3-code-alone]', () => {
    const text = JSON.stringify(document);
    for (const word of ['"token"', '"id_token"', '"implicit"', '"password"', 'HS256']) {
      expect([word, text.includes(word)]).toEqual([word, false]);
    }
    expect(document.id_token_signing_alg_values_supported).not.toContain('none');
  });

  it('jwks_uri leads to keys, of which some sign RS256, and none is private or a secret', async () => {
    const reply = await fetch(String(document.jwks_uri));
    const { keys } = (await reply.json()) as { keys: Record<string, string>[] };
    expect(keys.some(({ kty, alg }) => kty === 'RSA' && alg === 'RS256')).toBe(true);
    for (const key of keys) {
      expect(key.kty).not.toBe('oct');
      expect(key).not.toHaveProperty('d');
    }
  });
});
