import { setTimeout as delay } from 'node:timers/promises';
import { sqlState } from './connections.js';

/** How often something is tried that others hinder. */
export const mostTries = 10;

const serializationFailure = '40001';
const deadlock = '40P01';

/** Whether two transactions were in each other's way, and the server has undone this one, so that it can be tried again. */
export function isPassing(error: unknown): boolean {
  return [serializationFailure, deadlock].includes(sqlState(error));
}

/** Does some work again for as long as {@link isPassing} says, and not for ever. */
export async function repeated<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || tries === mostTries) throw error;
      await delay(Math.random() * 10 * tries);
    }
  }
}
