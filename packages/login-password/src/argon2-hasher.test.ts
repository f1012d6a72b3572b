import { argon2Hasher } from './argon2-hasher.js';

const cost = { memoryKiB: 19_456, iterations: 2, parallelism: 1 };

describe('argon2id', () => {
  const hasher = argon2Hasher(cost);

  it('writes the parameters into the hash, and a fresh salt', async () => {
    const [one, other] = await Promise.all([hasher.hash('secret'), hasher.hash('secret')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    await expect(hasher.verify(one, 'secret')).resolves.toBe(true);
    await expect(hasher.verify(one, 'Secret')).resolves.toBe(false);
  });

  it('tells passwords apart after a NUL and in every byte', async () => {
    const stored = await hasher.hash('a\0b');
    await expect(hasher.verify(stored, 'a\0b')).resolves.toBe(true);
    await expect(hasher.verify(stored, 'a\0c')).resolves.toBe(false);
    await expect(hasher.verify(stored, 'a')).resolves.toBe(false);
  });

  it('has a dummy of the same shape as a real hash, which no password fits', async () => {
    const real = await hasher.hash('secret');
    const shape = (text: string) =>
      text.replace(/[A-Za-z0-9+/]+(?=\$|$)/g, (part) => `${part.length}`);
    expect(shape(hasher.dummy)).toBe(shape(real));
    expect(hasher.isOutdated(hasher.dummy)).toBe(false);
    await expect(hasher.verify(hasher.dummy, 'secret')).resolves.toBe(false);
  });

  it('knows a hash of another cost', async () => {
    const stored = await hasher.hash('secret');
    expect(hasher.isOutdated(stored)).toBe(false);
    expect(argon2Hasher({ ...cost, memoryKiB: 20_000 }).isOutdated(stored)).toBe(true);
    expect(argon2Hasher({ ...cost, iterations: 3 }).isOutdated(stored)).toBe(true);
    expect(argon2Hasher({ ...cost, parallelism: 2 }).isOutdated(stored)).toBe(true);
    expect(hasher.isOutdated(stored.replace('argon2id', 'argon2i'))).toBe(true);
  });
});
