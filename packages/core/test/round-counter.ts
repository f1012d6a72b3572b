import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestHandler } from 'express';

/** Sequential rounds, counted at a driver: what overlaps is one round. */
export interface RoundCounter {
  /** Marks what a request does: the rest, e.g. polling in the background, is not counted. */
  readonly middleware: RequestHandler;
  /** A command leaves; the result is called when its answer is there. */
  start(command: string): () => void;
  reset(): void;
  rounds(): number;
  /** What was sent since the last reset, in order. */
  commands(): readonly string[];
}

interface Count {
  started: number;
  ended: number;
  readonly commands: string[];
}

/** Counts what a driver sends for requests, until their replies have left. */
export function roundCounter(): RoundCounter {
  const requests = new AsyncLocalStorage<{ count: Count | undefined }>();
  const fresh = (): Count => ({ started: 0, ended: 0, commands: [] });
  let current = fresh();
  return {
    middleware(_req, res, next) {
      const request: { count: Count | undefined } = { count: current };
      // Nobody waits for what comes after the reply.
      res.on('finish', () => {
        request.count = undefined;
      });
      requests.run(request, next);
    },
    start(command) {
      const count = requests.getStore()?.count;
      if (count === undefined) return () => {};
      const round = count.ended + 1;
      count.started = Math.max(count.started, round);
      count.commands.push(command);
      return () => {
        count.ended = Math.max(count.ended, round);
      };
    },
    reset() {
      current = fresh();
    },
    rounds: () => current.started,
    commands: () => current.commands,
  };
}
