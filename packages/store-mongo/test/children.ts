import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleModules } from '../../../scripts/testing/bundle-module.js';
import type { Answer, Order } from './child.js';

/** A process of its own with a store. */
export interface Child {
  tell(order: Order): Promise<Answer>;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
}

/** Makes processes that run the sources as they are now. */
export interface Children {
  start(): Child;
  /** Ends those that are left. */
  end(): Promise<void>;
}

/** Builds the script of the processes. */
export async function makeChildren(): Promise<Children> {
  const { urls, remove } = await bundleModules(join(import.meta.dirname, 'child.ts'));
  const script = fileURLToPath(urls[0] ?? '');
  const running = new Set<ChildProcess>();
  return {
    start() {
      const child = fork(script, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      running.add(child);
      return {
        async tell(order) {
          child.send(order);
          const [answer] = (await once(child, 'message')) as [Answer];
          return answer;
        },
        async kill() {
          running.delete(child);
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        },
      };
    },
    async end() {
      for (const child of running) child.kill('SIGKILL');
      remove();
    },
  };
}
