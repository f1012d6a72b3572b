import { api, issuer, quiet, resources } from '../test/issuer.js';
import { createGuard, type GuardOptions, remoteSource } from './index.js';

const guardOf = (options: unknown): unknown => createGuard(options as GuardOptions);
const guard = createGuard({ issuer, resources, logger: quiet });
const protect = (...args: unknown[]): unknown =>
  (guard.protect as (...args: unknown[]) => unknown)(...args);

describe('the options of createGuard', () => {
  it('are all looked at before anything is said', () => {
    const options = {
      issuer: 'http://acme.example',
      resources: { 'https://acme.example/api#x': { scopes: { 'a b': '' } }, 'urn:x': {} },
      cacheSize: -1,
      clockToleranceSeconds: Number.NaN,
    };
    expect(() => guardOf(options)).toThrow(
      new TypeError(
        'createGuard: ' +
          [
            '"issuer" must be an https: URL (http: only on a loopback address)',
            '"resources["https://acme.example/api#x"]" must not have a fragment',
            '"resources["https://acme.example/api#x"].scopes" has "a b", which is no scope: spaces, quotes and backslashes are not allowed',
            '"resources["urn:x"]" must be an https: URL (http: only on a loopback address)',
            '"resources["urn:x"].scopes" must be an object: scope to what it allows',
            '"cacheSize" must be a whole number, 0 or more',
            '"clockToleranceSeconds" must be between 0 and 300',
          ].join('; '),
      ),
    );
  });

  it.each([
    ['https://acme.example/auth/', 'https://acme.example/auth'],
    ['https://acme.example/', 'https://acme.example'],
    ['https://acme.example/auth//', 'https://acme.example/auth'],
  ])('refuse the issuer %s, whose metadata would name another', (given, right) => {
    expect(() => guardOf({ issuer: given, resources })).toThrow(
      new TypeError(
        `createGuard: "issuer" must not have a trailing slash, got "${given}". Write "${right}", as the metadata does; for a server whose issuer ends with a slash, give a source: remoteSource({ issuer, jwksUri, … })`,
      ),
    );
  });

  it('take an issuer with a slash where the keys do not come from its metadata', () => {
    const slashed = 'https://other.example/';
    const source = remoteSource({ issuer: slashed, jwksUri: 'https://other.example/jwks' });
    expect(() => guardOf({ issuer: slashed, resources, source })).not.toThrow();
    expect(() => remoteSource({ issuer: slashed })).toThrow(
      'remoteSource: "issuer" must not have a trailing slash, got "https://other.example/". Write "https://other.example", as the metadata does; for a server whose issuer ends with a slash, name its keys as jwksUri',
    );
  });

  it('take an http: issuer on another machine by name alone, and never to load keys from', () => {
    const plain = { issuer: 'http://acme.local/auth', resources };
    const told = { ...plain, dangerouslyAllowHttpIssuer: true };
    const source = { key: () => undefined };
    const refusal = '"issuer" must be an https: URL (http: only on a loopback address)';
    expect(() => guardOf({ ...told, source })).not.toThrow();
    for (const wrong of [plain, { ...plain, source }, told, { ...told, source: undefined }]) {
      expect(() => guardOf(wrong)).toThrow(refusal);
    }
    for (const no of [false, 'true', 1, null]) {
      const options = { ...plain, source, dangerouslyAllowHttpIssuer: no };
      expect(() => guardOf(options)).toThrow(TypeError);
    }
    for (const issuer of ['ftp://acme.local', 'http://me:pw@acme.local', 'http://acme.local/?x']) {
      expect(() => guardOf({ ...told, issuer, source })).toThrow(/"issuer" must /);
    }
    const resource = { 'http://acme.local/api': { scopes: {} } };
    expect(() => guardOf({ ...told, source, resources: resource })).toThrow(/"resources\[/);
  });

  it('must declare a resource', () => {
    expect(() => guardOf({ issuer, resources: {} })).toThrow('at least one resource');
    expect(() => guardOf({ issuer })).toThrow('at least one resource');
  });

  it('are complete with issuer and resources', () => {
    expect(Object.keys(createGuard({ issuer, resources }))).toEqual([
      'protect',
      'of',
      'verify',
      'metadata',
      'metadataFor',
    ]);
  });
});

describe('the options of protect', () => {
  it.each([
    [['https://acme.example/unknown'], 'is not a resource of this guard; it knows https://acme'],
    [['__proto__'], 'is not a resource'],
    [
      [api, { scope: 'notes:raed' }],
      '"notes:raed" is not a scope of https://acme.example/api; it has',
    ],
    [[api, { scope: ['notes:read', 'constructor'] }], '"constructor" is not a scope'],
    [[api, { scopes: 'notes:read' }], '"scopes" is not an option of protect'],
    [[api, { clients: false }], '"clients" must be true'],
    [[api, { clients: true, maxAge: 5 }], '"clients" does not go with'],
    [[api, { clients: true, acr: 'a' }], '"clients" does not go with'],
    [[api, { acr: 'a b' }], '"acr" must be names'],
    [[api, { acr: 'a"b' }], '"acr" must be names'],
    [[api, { acr: [5] }], '"acr" must be names'],
    [[api, { maxAge: '300' }], '"maxAge" must be a whole number'],
    [[api, { maxAge: -1 }], '"maxAge" must be a whole number'],
    [[api, { maxAge: Number.NaN }], '"maxAge" must be a whole number'],
  ])('throw at start, not at the first request: %p', (args, message) => {
    expect(() => protect(...args)).toThrow(TypeError);
    expect(() => protect(...args)).toThrow(message);
  });
});
