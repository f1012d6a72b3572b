import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Answer, Order } from './child.js';

const folder: string = join(import.meta.dirname, '..');

/** Builds a script of these tests for processes that run no TypeScript; gives its path. */
export async function buildScript(name: string): Promise<string> {
  const outfile = join(folder, `.cache/${name}-${process.pid}-${Date.now()}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['mongoose'],
    // Of core the store needs its storage contract alone.
    alias: { '@gatehouse/core': join(folder, '../core/src/store.ts') },
  });
  return outfile;
}

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
  const outfile = await buildScript('child');
  const running = new Set<ChildProcess>();
  return {
    start() {
      const child = fork(outfile, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
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
      await rm(outfile, { force: true });
    },
  };
}
