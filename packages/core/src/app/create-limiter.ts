import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Counter, CounterOptions, CounterState, MakeCounter } from '../counter.js';
import type { Secrets } from '../secrets.js';
import type { LimitDefinition, Limiter, LimitVerdict } from './limits.js';

/** Counts in this process. */
export const countInProcess: MakeCounter = (options): Counter => new RateLimiterMemory(options);

/**
 * A limiter on a counter, by default one of this process. Keys are HMACs, so that no address or name of a person lies in a
 * counter's key.
 */
export function createLimiter(
  definition: LimitDefinition,
  secrets: Secrets,
  makeCounter: MakeCounter = countInProcess,
): Limiter {
  const { name, points, durationSeconds, blockSeconds } = definition;
  const options: CounterOptions = {
    keyPrefix: `gatehouse:${name}`,
    points,
    duration: durationSeconds,
    ...(blockSeconds === undefined ? {} : { blockDuration: blockSeconds }),
  };
  const counter = makeCounter(options);
  const hash = (key: string): string => secrets.sign(`limit:${name}`, key);

  return {
    async peek(key) {
      const state = await counter.get(hash(key));
      return verdict(definition, state, state === null || state.consumedPoints < points);
    },
    async consume(key) {
      try {
        return verdict(definition, await counter.consume(hash(key)), true);
      } catch (error) {
        if (isCounterState(error)) return verdict(definition, error, false);
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

/** Whether a counter refused. By its shape: the host's copy of the library has a class of its own. */
export function isCounterState(error: unknown): error is CounterState {
  if (typeof error !== 'object' || error === null || error instanceof Error) return false;
  return typeof (error as Partial<CounterState>).msBeforeNext === 'number';
}

function verdict(
  { points, durationSeconds, blockSeconds = durationSeconds }: LimitDefinition,
  state: CounterState | null,
  allowed: boolean,
): LimitVerdict {
  const { consumedPoints = 0, msBeforeNext = 0 } = state ?? {};
  const rest = Math.max(1, Math.ceil(msBeforeNext / 1000));
  // The first point too many starts the block, by a write of its own: who comes in between still sees the rest of the duration.
  const waits = consumedPoints > points ? Math.min(rest, blockSeconds) : rest;
  return {
    allowed,
    retryAfterSeconds: allowed ? 0 : waits,
    remaining: Math.max(0, points - consumedPoints),
  };
}
