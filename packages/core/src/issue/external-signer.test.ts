import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { endNodes, load, opened, tokenOf, verifies } from '../../test/key-nodes.js';
import type { SigningKeys } from './keys.js';

afterEach(endNodes);

describe('an external signer', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = {
    ...pair.publicKey.export({ format: 'jwk' }),
    kty: 'EC',
    kid: 'kms',
    alg: 'ES256',
  } as const;
  const withSigner = async (
    sign: (alg: string, kid: string, bytes: Uint8Array) => Promise<Uint8Array>,
  ): Promise<SigningKeys> =>
    load(await opened(), {
      options: { signer: { jwks: { keys: [jwk] }, sign }, rotateSeconds: 1 },
    });

  it.each(['ieee-p1363', 'der'] as const)('may answer in the form %s', async (dsaEncoding) => {
    const keys = await withSigner(async (alg, kid, bytes) => {
      expect([alg, kid]).toEqual(['ES256', 'kms']);
      return signBytes('sha256', bytes, { key: pair.privateKey, dsaEncoding });
    });
    // Numbers that begin with a zero, or with a set bit, are written with other lengths.
    for (let index = 0; index < 300; index += 1) {
      expect(await verifies(keys, await tokenOf(keys))).toBe(true);
    }
  });

  it.each<[string, (bytes: Uint8Array) => Promise<Uint8Array>]>([
    ['fails', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['never answers', () => new Promise(() => {})],
    ['answers nothing', async () => new Uint8Array()],
    ['answers no bytes', async () => 'text' as never],
    [
      'answers with another key',
      async (bytes) => {
        const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
        return signBytes('sha256', bytes, { key: other, dsaEncoding: 'ieee-p1363' });
      },
    ],
  ])('that %s makes no token', async (_how, sign) => {
    const keys = await withSigner((_alg, _kid, bytes) => sign(bytes));
    const bytes = Buffer.from('x');
    const request = { alg: 'ES256', kid: 'kms', bytes, withinMilliseconds: 100 } as const;
    await expect(keys.sign(request)).rejects.toMatchObject({ name: 'SigningFailed' });
  });
});
