import { verify } from 'node:crypto';
import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import type { ResolvedOptions } from '../resolved-options.js';
import { publicKeyOf, signatureForm, type SigningKey } from './signing-key.js';

type CheckedSigner = NonNullable<ResolvedOptions['keys']['signer']>;

/** Keys whose private halves never enter this process: the signer is asked for each signature. */
export function externalKeys({ jwks, sign }: CheckedSigner): readonly SigningKey[] {
  return jwks.keys.map((jwk) => {
    const { kid, alg } = jwk;
    const key = publicKeyOf(jwk);
    return {
      ...key,
      async sign(bytes): Promise<Uint8Array> {
        const signature = toJws(alg, await sign(alg, kid, bytes));
        // A signer that was given another key must not fill the world with tokens that nobody can verify.
        const [digest, form] = signatureForm(alg);
        if (!verify(digest, bytes, { key: key.publicKey, ...form }, signature)) {
          throw new Error(`the signature is not one of the key ${kid} for ${alg}`);
        }
        return signature;
      },
    };
  });
}

// RFC 7518 §3.4 wants the two numbers side by side; most key services answer ECDSA as ASN.1 (RFC 3279 §2.2.3).
function toJws(alg: SigningAlgorithm, given: Uint8Array): Uint8Array {
  if (!(given instanceof Uint8Array)) throw new TypeError('the signer gave no Uint8Array');
  if (alg !== 'ES256' || given.length === 64) return given;
  const signature = Buffer.alloc(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = given[at + 1] ?? 0;
    // Signed numbers: a zero in front where the first bit is set, and none of the zeros that lead.
    const number = given.subarray(at + 2, at + 2 + length);
    const digits = number.subarray(Math.max(0, number.length - 32));
    signature.set(digits, end - digits.length);
    at += 2 + length;
  }
  return signature;
}
