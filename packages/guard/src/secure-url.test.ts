import { identifierProblem, urlProblem, wellKnownUrl } from './secure-url.js';

describe('urlProblem', () => {
  it.each([
    'https://acme.example',
    'https://acme.example:8443/a/b?c=d',
    'http://localhost:3000',
    'http://127.0.0.1:3000/x',
    'http://127.1.2.3',
    'http://[::1]:3000',
  ])('has none with %s', (url) => {
    expect(urlProblem(url)).toBeUndefined();
  });

  it.each([
    undefined,
    null,
    {},
    '',
    '/api',
    'acme.example',
    'http://acme.example',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'ftp://acme.example',
    'file:///etc/passwd',
    'data:text/plain,x',
    'urn:acme:api',
    'https://user@acme.example',
    'https://:secret@acme.example',
    'https://acme.example/#',
    'https://acme.example/"x',
    'https://acme.example/\\x',
    'https://acme.example/\nx',
    ' https://acme.example',
    'https://bücher.example',
  ])('has one with %p', (url) => {
    expect(urlProblem(url)).toMatch(/^must /);
  });

  it('has one with a query in an identifier', () => {
    expect(identifierProblem('https://acme.example/?')).toBe('must not have a query');
  });
});

describe('wellKnownUrl', () => {
  it.each([
    ['https://acme.example', 'https://acme.example/.well-known/x'],
    ['https://acme.example/', 'https://acme.example/.well-known/x'],
    ['https://acme.example/api', 'https://acme.example/.well-known/x/api'],
    ['https://acme.example/api/', 'https://acme.example/.well-known/x/api/'],
    ['http://localhost:3000/a/b', 'http://localhost:3000/.well-known/x/a/b'],
  ])('of %s is %s', (identifier, url) => {
    expect(wellKnownUrl(identifier, 'x').href).toBe(url);
  });
});
