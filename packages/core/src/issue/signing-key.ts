import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign,
} from 'node:crypto';
import { promisify } from 'node:util';
import { type GivenJwk, publicPart, type SigningAlgorithm } from '../authorize/key-algorithm.js';
import type { PrivateJwk } from './options.js';

/** A signing key whose `kid` and `alg` are filled in. */
export interface SigningJwk extends PrivateJwk {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
}

/** One key: its public half, and how to sign with it. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicKey: KeyObject;
  /** As published at `jwks_uri`: public members only. */
  readonly publicJwk: JsonWebKey;
  /** Makes a signature in the form of JWS (RFC 7518 §3). */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
}

type Padding = {
  readonly padding?: number;
  readonly saltLength?: number;
  readonly dsaEncoding?: 'ieee-p1363';
};

const forms: Readonly<Record<SigningAlgorithm, readonly [digest: string | null, form: Padding]>> = {
  ES256: ['sha256', { dsaEncoding: 'ieee-p1363' }],
  RS256: ['sha256', { padding: constants.RSA_PKCS1_PADDING }],
  // RFC 7518 §3.5: the salt is as long as the hash.
  PS256: ['sha256', { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
  EdDSA: [null, {}],
};

/** The digest and the form of a JWS signature, as `node:crypto` names them. */
export function signatureForm(alg: SigningAlgorithm): readonly [string | null, Padding] {
  return forms[alg];
}

// Off the event loop: an RSA signature takes a millisecond. One on a curve takes less than the way to another thread and back.
const signAsync = promisify(sign);
const isQuick: Readonly<Record<SigningAlgorithm, boolean>> = {
  ES256: true,
  EdDSA: true,
  RS256: false,
  PS256: false,
};

/** Fills in `alg`, and the thumbprint where a key has no `kid`. */
export function signingJwk(jwk: GivenJwk, alg: SigningAlgorithm): SigningJwk {
  const { kid = thumbprintOf(jwk) } = jwk;
  return { ...jwk, kty: String(jwk.kty), kid: String(kid), alg };
}

// RFC 7638 §3: the required members, in order, without spaces.
function thumbprintOf(jwk: GivenJwk): string {
  return createHash('sha256')
    .update(JSON.stringify(publicPart(jwk)))
    .digest('base64url');
}

/** The public half of a key. */
export function publicKeyOf(jwk: SigningJwk): Omit<SigningKey, 'sign'> {
  const { kid, alg } = jwk;
  const members = publicPart(jwk);
  return {
    kid,
    alg,
    publicKey: createPublicKey({ key: members, format: 'jwk' }),
    publicJwk: { ...members, use: 'sig', alg, kid },
  };
}

/** A key that signs in this process. */
export function localKey(jwk: SigningJwk): SigningKey {
  const [digest, form] = signatureForm(jwk.alg);
  const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
  return {
    ...publicKeyOf(jwk),
    sign: isQuick[jwk.alg]
      ? async (bytes) => sign(digest, bytes, { key, ...form })
      : (bytes) => signAsync(digest, bytes, { key, ...form }),
  };
}
