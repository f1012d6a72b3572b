import { performance } from 'node:perf_hooks';
import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import { storeMilliseconds } from '../bounded-store.js';
import type { SigningKeys } from './keys.js';

/** A JWT to be signed. */
export interface JwtRequest {
  readonly alg: SigningAlgorithm;
  /** The media type of the header, e.g. `logout+jwt` (RFC 8725 §3.11). */
  readonly typ: string;
  readonly claims: Readonly<Record<string, unknown>> & { readonly exp?: number };
}

/** Signs a JWT with the key that signs now. */
export async function signJwt(
  keys: SigningKeys,
  { alg, typ, claims }: JwtRequest,
): Promise<string> {
  const ends = performance.now() + storeMilliseconds;
  await keys.refresh(storeMilliseconds);
  const { kid } = keys.active(alg);
  const parts = [{ alg, typ, kid }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const bytes = Buffer.from(parts.join('.'));
  const { exp } = claims;
  const signature = await keys.sign({
    alg,
    kid,
    bytes,
    withinMilliseconds: ends - performance.now(),
    ...(exp === undefined ? {} : { expiresAt: exp }),
  });
  return `${bytes}.${Buffer.from(signature).toString('base64url')}`;
}
