import { leaksIn } from './find-leaks.js';

const token = 'k3yB-Qz_0Vt9x1mW7uRrPaaLhE2sCf8JdGoTnXi4Y6c';
const password = 'the "managed" password, ünlike';
const harmless = ['{"kind":"Session"}', 'a'.repeat(100), '{"broken'];

describe('leaksIn', () => {
  const json = JSON.stringify({ p: { inner: JSON.stringify({ [token]: 1, password }) } });
  it.each([
    ['as it is', `x${token}y`, token],
    ['as the name in JSON in JSON', json, token],
    ['as a value in JSON in JSON', json, password],
    ['in base64 of JSON', Buffer.from(json).toString('base64'), password],
    ['in base64url, in the middle', `v1.${Buffer.from(`ab${token}`).toString('base64url')}`, token],
    ['in hex of something longer', Buffer.from(`--${token}--`).toString('hex'), token],
    [
      'as the bytes that it stands for, in hex',
      Buffer.from(token, 'base64url').toString('hex'),
      token,
    ],
    ['in base64 with its own padding', Buffer.from(password).toString('base64'), password],
    ['in a URL', `?x=${encodeURIComponent(password)}`, password],
    ['escaped once', JSON.stringify(`${password} and more`), password],
  ])('finds a secret %s', (_, text, secret) => {
    expect(leaksIn([...harmless, text], [token, password])).toContain(secret);
  });

  it('finds none where there is none, and nothing that is too short to be one', () => {
    const hash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
    expect(leaksIn([...harmless, hash, `${token.slice(1)}`], [token, password, 'web'])).toEqual([]);
  });
});
