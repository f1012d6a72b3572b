import { problemsOf, resolveClient, withClient } from '../../test/options.js';

const mistakes: [string, unknown, ...string[]][] = [
  [
    'a path',
    '/cb',
    'must be an absolute URI, got "/cb". Write it like "https://app.acme.example/callback".',
  ],
  [
    'a host and port without a scheme',
    'localhost:3000/cb',
    'must be an absolute URI, got "localhost:3000/cb". Write it like "https://app.acme.example/callback".',
  ],
  [
    'http: on another host',
    'http://app.acme.example/cb',
    'must be https:, got "http://app.acme.example/cb". Only a loopback address like "http://127.0.0.1/callback" may be http: (RFC 8252 §7.3).',
  ],
  [
    'a wildcard',
    'https://*.acme.example/cb',
    'must not hold a wildcard, got "https://*.acme.example/cb". List each redirect URI: they are compared as exact strings.',
  ],
  [
    'an empty fragment',
    'https://app.acme.example/cb#',
    'must not have a fragment, got "https://app.acme.example/cb#". Leave out the # and what follows (RFC 6749 §3.1.2).',
  ],
  [
    'a password, which is not shown',
    'https://me:hunter2@app.acme.example/cb',
    'must not hold a user name or password, got "https://…@app.acme.example/cb". Leave out what stands before the @.',
  ],
  [
    'javascript:',
    'javascript:alert(1)',
    'must not have a scheme that runs or reads something in the browser, got "javascript:alert(1)". Use https:.',
  ],
  [
    'data:',
    'data:text/html,x',
    'must not have a scheme that runs or reads something in the browser, got "data:text/html,x". Use https:.',
  ],
  [
    'a private-use scheme without a dot',
    'myapp:/cb',
    'must be https:, or have a private-use scheme with a dot, got "myapp:/cb". Write a domain of yours the other way round, like "com.example.app:/callback" (RFC 8252 §7.1).',
  ],
  [
    'more than 2000 characters',
    `https://app.acme.example/${'a'.repeat(2000)}`,
    'must have 2000 characters at most, got "https://app.acme.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…". Pass what it carries in the state parameter.',
  ],
  [
    'a line break',
    'https://app.acme.example/\ncb',
    'must not hold spaces, control characters, backslashes or characters beyond ASCII, got "https://app.acme.example/\\ncb". Percent-encode them.',
  ],
  [
    'backslashes',
    'https:\\\\app.acme.example/cb',
    'must not hold spaces, control characters, backslashes or characters beyond ASCII, got "https:\\\\\\\\app.acme.example/cb". Percent-encode them.',
  ],
  [
    'https: without slashes',
    'https:app.acme.example/cb',
    'must have two slashes after its scheme, got "https:app.acme.example/cb". Write it like "https://app.acme.example/callback".',
  ],
  ['a number', 7, 'must be a text, got 7.'],
];

test.each(mistakes)('reports %s', (_title, uri, ...problems) => {
  expect(problemsOf(withClient({ redirect_uris: [uri] }))).toEqual([
    'ERR_OPTIONS_INVALID',
    ...problems.map((problem) => `clients[0].redirect_uris[0]: ${problem}`),
  ]);
});

const listMistakes: [string, object, ...string[]][] = [
  [
    'the same URI twice',
    { redirect_uris: ['https://a.example/cb', 'https://a.example/cb'] },
    'clients[0].redirect_uris[1]: repeats redirect_uris[0]. Remove one.',
  ],
  [
    'one text instead of a list',
    { redirect_uris: 'https://a.example/cb' },
    'clients[0].redirect_uris: must be an array, got "https://a.example/cb". Write it like [\'https://app.acme.example/callback\'].',
  ],
];

test.each(listMistakes)('reports %s', (_title, client, ...problems) => {
  expect(problemsOf(withClient(client))).toEqual(['ERR_OPTIONS_INVALID', ...problems]);
});

test.each([
  'https://app.acme.example/cb',
  'https://app.acme.example:8443/cb?tenant=1',
  'http://localhost:5173/cb',
  'http://127.0.0.1/cb',
  'http://127.8.9.1:3000/cb',
  'http://[::1]:3000/cb',
  'com.example.app:/callback',
])('takes %s', (uri) => {
  expect(resolveClient({ redirect_uris: [uri] })?.redirect_uris).toEqual([uri]);
});

test.each([
  'http://localhost.evil.example/cb',
  'http://127.0.0.1.evil.example/cb',
  'http://10.0.0.1/cb',
  'JAVASCRIPT:alert(1)',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://app.acme.example/x',
  'https:\\\\evil.example',
  'acme.example:8080/cb',
  '\thttps://app.acme.example/cb',
  '',
])('refuses %j', (uri) => {
  expect(problemsOf(withClient({ redirect_uris: [uri] }))).toHaveLength(2);
});
