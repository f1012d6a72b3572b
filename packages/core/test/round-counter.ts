import { AsyncLocalStorage } from 'node:async_hooks';
import { type Store, wrapStore } from '@gatehouse/core';
import type { RequestHandler } from 'express';

/** Sequential rounds, counted at a driver: what overlaps is one round. */
export interface RoundCounter {
  /** Marks what a request does: the rest, e.g. polling in the background, is not counted. */
  readonly middleware: RequestHandler;
  /** A command leaves; the result is called when its answer is there. */
  start(): () => void;
  reset(): void;
  rounds(): number;
}

interface Count {
  started: number;
  ended: number;
}

/** Counts what a driver sends for requests, until their replies have left. */
export function roundCounter(): RoundCounter {
  const requests = new AsyncLocalStorage<{ count: Count | undefined }>();
  const fresh = (): Count => ({ started: 0, ended: 0 });
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
    start() {
      const count = requests.getStore()?.count;
      if (count === undefined) return () => {};
      const round = count.ended + 1;
      count.started = Math.max(count.started, round);
      return () => {
        count.ended = Math.max(count.ended, round);
      };
    },
    reset() {
      current = fresh();
    },
    rounds: () => current.started,
  };
}

/** A store whose calls are the rounds. */
export function countedStore(store: Store, counter: RoundCounter): Store {
  return wrapStore(store, async (call) => {
    const end = counter.start();
    try {
      return await call();
    } finally {
      end();
    }
  });
}
