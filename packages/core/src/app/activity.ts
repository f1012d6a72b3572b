/** Counts what is running, so that a server can stop without cutting anybody off. */
export interface Activity {
  /** Whether new work is taken. */
  readonly isOpen: boolean;
  run(task: () => Promise<void>): Promise<void>;
  /** Takes no more work and waits for what runs, or for the time to be up. */
  close(milliseconds: number): Promise<void>;
}

/** Makes the count. */
export function createActivity(): Activity {
  let running = 0;
  let isOpen = true;
  let onIdle: (() => void) | undefined;
  return {
    get isOpen() {
      return isOpen;
    },
    async run(task) {
      running += 1;
      try {
        await task();
      } finally {
        running -= 1;
        if (running === 0) onIdle?.();
      }
    },
    close(milliseconds) {
      isOpen = false;
      if (running === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
