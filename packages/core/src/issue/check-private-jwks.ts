import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { checkJwks, checkPublicJwk, readJwk } from '../authorize/check-jwks.js';
import {
  algorithmOf,
  type GivenJwk,
  publicPart,
  type SigningAlgorithm,
} from '../authorize/key-algorithm.js';
import { type Check, secret } from '../check.js';
import type { PrivateJwk } from './options.js';

/** A signing key whose `kid` and `alg` are filled in. */
export interface SigningJwk extends PrivateJwk {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
}

const checkPrivateJwk: Check<SigningJwk> = (value, at) => {
  const jwk = readJwk(value, at);
  if (!jwk) return undefined;
  const found = algorithmOf(jwk);
  if ('flaw' in found) return at.problem(`${found.flaw}.`);
  if (typeof jwk.d !== 'string') {
    return at.problem('holds no private key, which is its member d. Give the whole key pair.');
  }
  if (!isPair(jwk)) {
    return at.problem('is damaged: its private members do not belong to the public ones.');
  }
  return named(jwk, found.alg);
};

const checkSignerJwk: Check<SigningJwk> = (value, at) => {
  const jwk = checkPublicJwk(value, at);
  const found = jwk && algorithmOf(jwk);
  return found && 'alg' in found ? named(jwk, found.alg) : undefined;
};

/** Checks the server's own signing keys. */
export const checkPrivateJwks: Check<{ readonly keys: readonly SigningJwk[] }> = secret(
  checkJwks(checkPrivateJwk),
);

/** Checks the public keys of an external signer. */
export const checkSignerJwks: Check<{ readonly keys: readonly SigningJwk[] }> = secret(
  checkJwks(checkSignerJwk),
);

function named(jwk: GivenJwk, alg: SigningAlgorithm): SigningJwk {
  const { kid = thumbprintOf(jwk) } = jwk;
  return { ...jwk, kty: String(jwk.kty), kid: String(kid), alg };
}

function isPair(jwk: GivenJwk): boolean {
  const digest = jwk.kty === 'OKP' ? null : 'sha256';
  const probe = Buffer.from('gatehouse');
  try {
    const privateKey = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    const publicKey = createPublicKey({ key: publicPart(jwk), format: 'jwk' });
    return verify(digest, probe, publicKey, sign(digest, probe, privateKey));
  } catch {
    return false;
  }
}

// RFC 7638 §3: the required members, in order, without spaces.
function thumbprintOf(jwk: GivenJwk): string {
  return createHash('sha256')
    .update(JSON.stringify(publicPart(jwk)))
    .digest('base64url');
}
