import { quote, showKey, showSecret, showValue } from './show-value.js';

test.each([
  [undefined, 'nothing'],
  [null, 'null'],
  [Number.NaN, 'NaN'],
  ['a"b', '"a\\"b"'],
  [() => 1, 'a function'],
  [10n, 'a bigint'],
  [new Date(), 'an object of type Date'],
  [Promise.resolve(), 'a promise, which must be awaited first'],
  [Object.create(null), '{}'],
  [[1, 'b', [[['deep']]]], '[1,"b",[[…]]]'],
  [{ a: { b: { c: {} } } }, '{"a":{"b":{…}}}'],
  [
    { password: 'x', client_secret: 'yy' },
    `{"password":a string of 1 characters,"client_secret":a strin…`,
  ],
])('shows %p as %s', (value, text) => {
  expect(showValue(value)).toBe(text);
});

test('shortens long texts', () => {
  expect(showValue('x'.repeat(1000))).toBe(`"${'x'.repeat(60)}…"`);
});

test('keeps a text on one line, and in its direction', () => {
  expect(quote('a\nb\u2028c\u202ed\u007f')).toBe('"a\\nb\\u{2028}c\\u{202e}d\\u{7f}"');
});

test('hides the password of a URL, however it is written', () => {
  for (const url of ['https://me:pw@a.example', 'https:me:pw@a.example', 'https:\\\\me:pw@a']) {
    expect(quote(url)).not.toContain('pw');
  }
});

test('shows only the type and length of a secret', () => {
  expect(showSecret('abc')).toBe('a string of 3 characters');
  expect(showSecret({ d: 'abc' })).toBe('an object');
  expect(showSecret(['abc'])).toBe('an array of 1');
});

test('shows names without quotes where it can', () => {
  expect(showKey('redirect_uris')).toBe('redirect_uris');
  expect(showKey('notes:read')).toBe('"notes:read"');
});
