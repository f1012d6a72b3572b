import { type RemoteSourceOptions, remoteSource } from './index.js';

describe('the options of remoteSource', () => {
  it('are all looked at before anything is said', () => {
    const options = {
      issuer: 'http://acme.example',
      jwksUri: 'ftp://acme.example',
      introspection: { client_id: 'a', client_secret: '', endpoint: '/introspect' },
      introspectionCacheSeconds: 61,
      cooldownSeconds: 0,
      timeoutSeconds: Number.NaN,
      revocation: 'poll',
    } as unknown as RemoteSourceOptions;
    expect(() => remoteSource(options)).toThrow(
      new TypeError(
        'remoteSource: ' +
          [
            '"issuer" must be an https: URL (http: only on a loopback address)',
            '"jwksUri" must be an https: URL (http: only on a loopback address)',
            '"introspection.endpoint" must be an absolute URL',
            '"introspection" needs a client_id and a client_secret',
            `"revocation" must be 'introspect', or left out`,
            '"introspectionCacheSeconds" must be between 0 and 60',
            '"cooldownSeconds" must be more than 0',
            '"timeoutSeconds" must be more than 0',
          ].join('; '),
      ),
    );
    expect(() =>
      remoteSource({ issuer: 'https://acme.example', revocation: 'introspect' }),
    ).toThrow('"revocation" needs "introspection"');
  });
});
