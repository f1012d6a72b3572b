import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { showValue } from '../show-value.js';

/** JWS algorithms that the server and its clients sign with. */
export const signingAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** A JWK as it was given: nothing about its members is known yet. */
export type GivenJwk = Readonly<Record<string, unknown>>;

interface KeyType {
  readonly algorithms: readonly SigningAlgorithm[];
  /** The members of RFC 7638 §3.2, in order. */
  readonly members: readonly string[];
  readonly isUsable: (key: KeyObject) => boolean;
  readonly needs: string;
}

const keyTypes: ReadonlyMap<unknown, KeyType> = new Map<unknown, KeyType>([
  [
    'EC',
    {
      algorithms: ['ES256'],
      members: ['crv', 'kty', 'x', 'y'],
      isUsable: (key) => key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
      needs: 'a key on the curve P-256',
    },
  ],
  [
    'RSA',
    {
      algorithms: ['RS256', 'PS256'],
      members: ['e', 'kty', 'n'],
      isUsable: (key) => (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
      needs: 'an RSA key of 2048 bits or more',
    },
  ],
  [
    'OKP',
    {
      algorithms: ['EdDSA'],
      members: ['crv', 'kty', 'x'],
      isUsable: (key) => key.asymmetricKeyType === 'ed25519',
      needs: 'a key on the curve Ed25519',
    },
  ],
]);

/** The public members of a JWK that make its identity (RFC 7638 §3.2), in order. */
export function publicPart(jwk: GivenJwk): JsonWebKey {
  const members = keyTypes.get(jwk.kty)?.members ?? [];
  return Object.fromEntries(members.map((name) => [name, jwk[name]]));
}

/** The algorithm that a key signs with, or in words what it must be to sign. */
export function algorithmOf(jwk: GivenJwk): { alg: SigningAlgorithm } | { flaw: string } {
  const type = keyTypes.get(jwk.kty);
  if (!type) return { flaw: `must have the kty EC, RSA or OKP, got ${showValue(jwk.kty)}` };
  const alg = type.algorithms.find((name) => name === (jwk.alg ?? type.algorithms[0]));
  if (!alg) {
    return { flaw: `must have the alg ${type.algorithms.join(' or ')}, got ${showValue(jwk.alg)}` };
  }
  if (jwk.use !== undefined && jwk.use !== 'sig') {
    return { flaw: `must have the use sig, got ${showValue(jwk.use)}` };
  }
  if (jwk.kid !== undefined && (typeof jwk.kid !== 'string' || jwk.kid === '')) {
    return { flaw: `must have a text as kid, got ${showValue(jwk.kid)}` };
  }
  try {
    const key = createPublicKey({ key: publicPart(jwk), format: 'jwk' });
    return type.isUsable(key) ? { alg } : { flaw: `must be ${type.needs}` };
  } catch {
    return { flaw: `must be ${type.needs}, with its members ${type.members.join(', ')}` };
  }
}

/** Whether signatures of the algorithm can be checked with a key. Without an `alg` of its own, an RSA key is good for either padding. */
export function keyFits({ kty, alg }: GivenJwk, algorithm: SigningAlgorithm): boolean {
  return (
    (alg === undefined || alg === algorithm) &&
    (keyTypes.get(kty)?.algorithms.includes(algorithm) ?? false)
  );
}
