import type { Logger } from '../app/logger.js';

/** Does a task again and again, off the request path. */
export interface Poller {
  /** The first turn comes after one interval. */
  start(): void;
  /** No turn begins any more, and the one that runs has ended: then nothing needs the store. */
  stop(): Promise<void>;
}

/** What {@link createPoller} needs. */
export interface PollerParts {
  /** From the end of a turn to the next. */
  readonly milliseconds: number | (() => number);
  readonly task: () => Promise<unknown>;
  readonly logger: Logger;
  /** What the log says when turns begin to fail, and when one works again. */
  readonly lost: string;
  readonly back: string;
}

/** Makes a poller. It goes on after an error, and tells of an outage once. */
export function createPoller({ milliseconds, task, logger, lost, back }: PollerParts): Poller {
  let timer: NodeJS.Timeout | undefined;
  let turning: Promise<void> | undefined;
  let stopped = false;
  let isOut = false;

  async function turn(): Promise<void> {
    try {
      await task();
      if (isOut) logger.info({}, back);
      isOut = false;
    } catch (error) {
      if (!isOut) logger.warn({ error }, lost);
      isOut = true;
    }
    schedule();
  }

  function schedule(): void {
    if (stopped) return;
    const wait = typeof milliseconds === 'number' ? milliseconds : milliseconds();
    timer = setTimeout(() => {
      turning = turn();
    }, wait);
    timer.unref();
  }

  return {
    start: schedule,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await turning;
    },
  };
}
