import type { Limiter, LimitDefinition } from '../app/limits.js';

/** Counts failed client authentications. */
export interface ClientLimits {
  /** Seconds to wait, when this caller may not try again yet. */
  check(clientId: string, address: string): Promise<number | undefined>;
  failed(clientId: string, address: string): Promise<void>;
}

/**
 * Threat: somebody guesses a client's secret. Guesses are counted per address and client and per address, for clients that do
 * not exist too; a client is never refused because of what others, from other addresses, do in its name.
 */
export function createClientLimits(make: (definition: LimitDefinition) => Limiter): ClientLimits {
  const pair = make({ name: 'client:pair', points: 10, durationSeconds: 60, blockSeconds: 60 });
  const address = make({
    name: 'client:address',
    points: 100,
    durationSeconds: 60,
    blockSeconds: 60,
  });
  const pairKey = (clientId: string, from: string): string => JSON.stringify([clientId, from]);

  return {
    async check(clientId, from) {
      const verdicts = await Promise.all([pair.peek(pairKey(clientId, from)), address.peek(from)]);
      const waits = verdicts.filter(({ allowed }) => !allowed).map((v) => v.retryAfterSeconds);
      return waits.length === 0 ? undefined : Math.max(...waits);
    },
    async failed(clientId, from) {
      await Promise.all([pair.consume(pairKey(clientId, from)), address.consume(from)]);
    },
  };
}
