import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { checkJwks, checkPublicJwk, readJwk } from '../authorize/check-jwks.js';
import {
  algorithmOf,
  type GivenJwk,
  publicPart,
  type SigningAlgorithm,
} from '../authorize/key-algorithm.js';
import { type Check, secret } from '../check.js';
import { type SigningJwk, signatureForm, signingJwk } from './signing-key.js';

const checkPrivateJwk: Check<SigningJwk> = (value, at) => {
  const jwk = readJwk(value, at);
  if (!jwk) return undefined;
  const found = algorithmOf(jwk);
  if ('flaw' in found) return at.problem(`${found.flaw}.`);
  if (typeof jwk.d !== 'string') {
    return at.problem('holds no private key, which is its member d. Give the whole key pair.');
  }
  if (!isPair(jwk, found.alg)) {
    return at.problem('is damaged: its private members do not belong to the public ones.');
  }
  return signingJwk(jwk, found.alg);
};

const checkSignerJwk: Check<SigningJwk> = (value, at) => {
  const jwk = checkPublicJwk(value, at);
  const found = jwk && algorithmOf(jwk);
  return found && 'alg' in found ? signingJwk(jwk, found.alg) : undefined;
};

/** Checks the server's own signing keys. */
export const checkPrivateJwks: Check<{ readonly keys: readonly SigningJwk[] }> = secret(
  checkJwks(checkPrivateJwk),
);

/** Checks the public keys of an external signer. */
export const checkSignerJwks: Check<{ readonly keys: readonly SigningJwk[] }> = secret(
  checkJwks(checkSignerJwk),
);

function isPair(jwk: GivenJwk, alg: SigningAlgorithm): boolean {
  const [digest, form] = signatureForm(alg);
  const probe = Buffer.from('gatehouse');
  try {
    const privateKey = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    const publicKey = createPublicKey({ key: publicPart(jwk), format: 'jwk' });
    const signature = sign(digest, probe, { key: privateKey, ...form });
    return verify(digest, probe, { key: publicKey, ...form }, signature);
  } catch {
    return false;
  }
}
