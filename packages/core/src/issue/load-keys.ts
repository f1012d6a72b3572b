import type { Logger } from '../app/logger.js';
import type { SigningAlgorithm } from '../authorize/key-algorithm.js';
import { boundedStore, storeMilliseconds } from '../bounded-store.js';
import type { Clock } from '../clock.js';
import type { EventHub } from '../events.js';
import type { ResolvedOptions } from '../resolved-options.js';
import type { Secrets } from '../secrets.js';
import type { Store } from '../store.js';
import { externalKeys } from './external-signer.js';
import type { SigningKeys } from './keys.js';
import { ownKeys } from './own-keys.js';
import { ringRecord } from './ring-record.js';
import { localKey } from './signing-key.js';
import { startStoredKeys } from './stored-keys.js';

/** What {@link loadSigningKeys} needs. */
export interface LoadKeysParts {
  readonly options: ResolvedOptions['keys'];
  /** The algorithms that are signed with, and the longest life in seconds of what is signed with each. */
  readonly needs: ReadonlyMap<SigningAlgorithm, number>;
  readonly store: Store;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly events: Pick<EventHub, 'emit'>;
  readonly logger: Logger;
}

// Longer than what clients cache: ten minutes in most libraries.
const longestPublishSeconds = 600;

/**
 * The keys of the options; else those of the ring in the store.
 *
 * @throws {ConfigurationError} `ERR_SECRET_WRONG` when the stored keys do not open.
 */
export async function loadSigningKeys(parts: LoadKeysParts): Promise<SigningKeys> {
  const { options, needs, store, secrets, clock, events, logger } = parts;
  if (options.jwks) return ownKeys(options.jwks.keys.map(localKey));
  if (options.signer) return ownKeys(externalKeys(options.signer));
  const rotateSeconds =
    options.rotateSeconds === false ? Number.POSITIVE_INFINITY : options.rotateSeconds;
  const bounded = boundedStore(store, () => storeMilliseconds);
  return startStoredKeys({
    record: ringRecord(bounded, secrets, clock),
    rules: {
      needs,
      rotateMilliseconds: rotateSeconds * 1000,
      publishMilliseconds: Math.min(longestPublishSeconds, rotateSeconds) * 1000,
    },
    events,
    logger,
  });
}
