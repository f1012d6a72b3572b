import { createSecrets, hashOf, isEqual, openWith, randomId, sealWith } from './secrets.js';

describe('randomId', () => {
  it('never comes twice, and has the length that is asked for', () => {
    expect(new Set(Array.from({ length: 5000 }, () => randomId(16))).size).toBe(5000);
    for (const bytes of [9, 24, 4096]) {
      expect(Buffer.from(randomId(bytes), 'base64url')).toHaveLength(bytes);
    }
  });
});

describe('what is sealed', () => {
  it('never has the same nonce twice under one key', () => {
    const key = Buffer.alloc(32, 1);
    const nonces = new Set<string>();
    for (let turn = 0; turn < 5000; turn += 1) {
      nonces.add(Buffer.from(sealWith(key, 'text'), 'base64url').subarray(1, 13).toString('hex'));
    }
    expect(nonces.size).toBe(5000);
  });

  it('opens under its key, in its place, and nowhere else', () => {
    const sealed = sealWith(Buffer.alloc(32, 1), 'text', 'here');
    expect(openWith(Buffer.alloc(32, 1), sealed, 'here')).toBe('text');
    expect(openWith(Buffer.alloc(32, 1), sealed, 'there')).toBeUndefined();
    expect(openWith(Buffer.alloc(32, 2), sealed, 'here')).toBeUndefined();
  });

  it('was sealed by any of the secrets', () => {
    const [first, second] = ['first-secret-0123456789', 'second-secret-0123456789'] as const;
    const sealed = createSecrets([first]).seal('label', 'text');
    expect(createSecrets([second, first]).open('label', sealed)).toBe('text');
    expect(createSecrets([second]).open('label', sealed)).toBeUndefined();
  });
});

describe('hashes', () => {
  it('are SHA-256, base64url', () => {
    // FIPS 180-2, the example of one block.
    expect(hashOf('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });

  it('compare strings of any length', () => {
    expect(isEqual('', '')).toBe(true);
    expect(isEqual('a', 'a')).toBe(true);
    expect(isEqual('a', 'aa')).toBe(false);
    expect(isEqual('a', 'b')).toBe(false);
  });
});
