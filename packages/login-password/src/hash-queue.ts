import { PasswordError } from './password-error.js';

/** How much hashing goes on at once. */
export interface HashQueueOptions {
  readonly parallel: number;
  readonly waiting: number;
}

/** Runs work now or later, or refuses it. */
export type HashQueue = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Bounds hashing. Threat: argon2id is expensive on purpose, so a flood of logins would take the memory and every thread of the
 * pool, and with them DNS, files and every other route of the host's.
 */
export function createHashQueue({ parallel, waiting }: HashQueueOptions): HashQueue {
  const queue: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running < parallel) running += 1;
    else if (queue.length < waiting) await new Promise<void>((resolve) => queue.push(resolve));
    else throw new PasswordError('busy', 'too many passwords wait to be checked');
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line: nobody who comes in between can take it.
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
