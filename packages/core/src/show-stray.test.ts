import { randomBytes } from 'node:crypto';
import { showStray } from './show-stray.js';

const known = ['notes:read', 'https://acme.example/api'];

test.each([
  ['notes:raed', '"notes:raed". Did you mean "notes:read"?'],
  [
    'https://acme.example/api/',
    '"https://acme.example/api/". Did you mean "https://acme.example/api"?',
  ],
  ['everything', '"everything"'],
  ['', '""'],
  ['a\u202eb\n', '"a\\u{202e}b\\n"'],
  ['x'.repeat(31), 'of 31 characters'],
  ['x'.repeat(1_000_000), 'of 1000000 characters'],
])('shows what a client sent: %j', (given, shown) => {
  expect(showStray(given, known)).toBe(shown);
});

test('never shows what is as long as a token or a secret', () => {
  for (const spelling of ['base64url', 'base64', 'hex'] as const) {
    for (let tries = 0; tries < 100; tries += 1) {
      const secret = randomBytes(32).toString(spelling);
      expect(showStray(secret, known)).toBe(`of ${secret.length} characters`);
      expect(showStray(`${secret}.${secret}.${secret}`, known)).not.toContain(secret);
    }
  }
});
