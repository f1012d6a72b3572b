import { addressBlock } from '../app/address-block.js';
import type { LimitDefinition, Limiter } from '../app/limits.js';
import { recentFailures } from './recent-failures.js';

/** One try of a caller to authenticate as a client. */
export interface ClientAttempt {
  /** Seconds to wait, when this caller may not try again yet. */
  waits(): Promise<number | undefined>;
  /** The same by what this process knows now: asked in the turn in which a secret is compared. */
  waitsHere(): number | undefined;
  /** Counts the failure, once. This process knows of it before the promise is there. */
  failed(): Promise<void>;
}

/** Counts failed client authentications. */
export type ClientLimits = (clientId: string, address: string) => ClientAttempt;

/**
 * Threat: somebody guesses a client's secret. Guesses are counted per network and client and per network, for clients that do
 * not exist too; a client is never refused because of what others, from other networks, do in its name.
 *
 * A client that succeeds costs the counting database nothing, so guesses are counted after they failed. What runs at the same
 * time is bounded all the same: a secret is compared, and its failure known to this process, in one turn of the event loop, so
 * that of many guesses at once no more than the allowance are looked at on each process, and busy honest clients never wait.
 */
export function createClientLimits(make: (definition: LimitDefinition) => Limiter): ClientLimits {
  const watch = (definition: LimitDefinition) => recentFailures(make(definition), definition);
  const pair = watch({ name: 'client:pair', points: 10, durationSeconds: 60, blockSeconds: 60 });
  const address = watch({
    name: 'client:address',
    points: 100,
    durationSeconds: 60,
    blockSeconds: 60,
  });

  return (clientId, from) => {
    const network = addressBlock(from, 64);
    const pairKey = JSON.stringify([clientId, network]);
    let failure: Promise<void> | undefined;
    return {
      waits: async () => longest(await Promise.all([pair.waits(pairKey), address.waits(network)])),
      waitsHere: () => longest([pair.waitsHere(pairKey), address.waitsHere(network)]),
      failed() {
        failure ??= Promise.all([pair.failed(pairKey), address.failed(network)]).then(() => {});
        return failure;
      },
    };
  };
}

function longest(waits: readonly (number | undefined)[]): number | undefined {
  const known = waits.filter((seconds) => seconds !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
