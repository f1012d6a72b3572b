import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import { inTime } from '../bounded-store.js';
import { ConfigurationError } from '../errors.js';
import { SigningFailed, type SigningKeys } from './keys.js';
import type { KeyView } from './options.js';
import type { SigningKey } from './signing-key.js';

const cacheSeconds = 300;

/** Keys that the host brings: the first of each algorithm signs, the others verify. They change with the options alone. */
export function ownKeys(keys: readonly SigningKey[]): SigningKeys {
  const first = new Map<SigningAlgorithm, SigningKey>();
  for (const key of keys) if (!first.has(key.alg)) first.set(key.alg, key);
  const jwks = { keys: keys.map(({ publicJwk }) => publicJwk) };
  const views = keys.map(({ kid, alg }): KeyView => {
    return { kid, alg, state: first.get(alg)?.kid === kid ? 'active' : 'retired' };
  });

  function active(alg: SigningAlgorithm): SigningKey {
    const key = first.get(alg);
    if (!key) throw new SigningFailed(`there is no key for ${alg}`);
    return key;
  }

  return {
    algs: new Set(first.keys()),
    cacheSeconds,
    active,
    async sign({ alg, bytes, withinMilliseconds }) {
      const { sign } = active(alg);
      try {
        // A signer in another process may fail, or never answer.
        return await inTime('the signer', withinMilliseconds, async () => sign(bytes));
      } catch (cause) {
        throw new SigningFailed(cause instanceof Error ? cause.message : String(cause), { cause });
      }
    },
    find: async ({ alg, kid }) => keys.find((key) => key.kid === kid && key.alg === alg)?.publicKey,
    holds: (kid) => keys.some((key) => key.kid === kid),
    refresh: async () => {},
    published: async () => jwks,
    list: async () => views,
    async rotate() {
      throw new ConfigurationError('ERR_USAGE', [
        {
          path: 'keys',
          message:
            'are your own, so they rotate where you keep them: put the new key first and start again. Leave keys.jwks and keys.signer out, and the server makes and rotates its own.',
        },
      ]);
    },
    async stop() {},
  };
}
