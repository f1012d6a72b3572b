import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Secrets } from '../secrets.js';
import type { LimitDefinition, Limiter, LimitVerdict } from './limits.js';

/**
 * A limiter that counts in this process. Keys are HMACs, so that no address or name of a person lies in a counter's key.
 */
export function createLimiter(definition: LimitDefinition, secrets: Secrets): Limiter {
  const { name, points, durationSeconds, blockSeconds } = definition;
  const counter = new RateLimiterMemory({
    keyPrefix: name,
    points,
    duration: durationSeconds,
    ...(blockSeconds === undefined ? {} : { blockDuration: blockSeconds }),
  });
  const hash = (key: string): string => secrets.sign(`limit:${name}`, key);

  return {
    async peek(key) {
      const state = await counter.get(hash(key));
      return verdict(state, points, state === null || state.consumedPoints < points);
    },
    async consume(key) {
      try {
        return verdict(await counter.consume(hash(key)), points, true);
      } catch (error) {
        if (error instanceof RateLimiterRes) return verdict(error, points, false);
        throw error;
      }
    },
    async refund(key) {
      await counter.reward(hash(key), 1);
    },
    async reset(key) {
      await counter.delete(hash(key));
    },
  };
}

function verdict(state: RateLimiterRes | null, points: number, allowed: boolean): LimitVerdict {
  const waits = Math.max(1, Math.ceil((state?.msBeforeNext ?? 0) / 1000));
  return {
    allowed,
    retryAfterSeconds: allowed ? 0 : waits,
    remaining: Math.max(0, points - (state?.consumedPoints ?? 0)),
  };
}
