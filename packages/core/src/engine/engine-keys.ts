import { storeMilliseconds } from '../bounded-store.js';
import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import type { SigningKeys } from '../issue/keys.js';
import { engine } from './load-engine.js';
import { findUnitOfWork } from './unit-of-work.js';

/**
 * The live keys as the engine's keystore: one key for each algorithm, which is whatever signs now. The engine asks for its `kid`
 * when it writes a header, and has us sign; so nothing has to be swapped when keys rotate, and no private key lies in it.
 */
export function engineKeys(keys: SigningKeys): object[] {
  return [...keys.algs].map((alg) => {
    const key = new engine.ExternalSigningKey();
    Object.defineProperty(key, 'kid', { get: () => keys.active(alg).kid });
    return Object.assign(key, {
      alg,
      keyObject: () => keys.active(alg).publicKey,
      sign: (data: Uint8Array) => signToken(keys, alg, data),
    });
  });
}

async function signToken(
  keys: SigningKeys,
  alg: SigningAlgorithm,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  // The keys may have rotated since the header was written.
  const [header = '', payload = ''] = Buffer.from(bytes).toString('latin1').split('.');
  const { kid } = read(header);
  const { exp } = read(payload);
  const unit = findUnitOfWork();
  try {
    return await keys.sign({
      alg,
      kid: String(kid),
      bytes,
      withinMilliseconds: unit?.left() ?? storeMilliseconds,
      ...(typeof exp === 'number' ? { expiresAt: exp } : {}),
    });
  } catch (error) {
    unit?.fail(error);
    throw error;
  }
}

function read(part: string): { readonly kid?: unknown; readonly exp?: unknown } {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}
