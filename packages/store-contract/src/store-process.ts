import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Answer, type Call, type Outcome, serveStore, type Task } from './serve-store.js';

/** How {@link StoreProcess.run} makes its calls. */
export interface RunOptions extends Partial<Omit<Task, 'calls'>> {
  readonly onAnswer?: (answer: Answer) => void;
}

/** Another process with a store of its own on the same records. */
export interface StoreProcess {
  /** Makes calls, all at once unless `inTurn`. A process that is killed leaves the outcomes out that it did not tell. */
  run(calls: readonly Call[], options?: RunOptions): Promise<readonly Outcome[]>;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
  /** Lets it close its store, and end. */
  end(): Promise<void>;
}

/** Starts processes whose stores are not opened yet; `fresh` ones have a store without records of their own. */
export type StartProcesses = (
  count: number,
  options?: { readonly fresh?: boolean },
) => Promise<readonly StoreProcess[]>;

/** Starts one process on the store of a module. */
export async function startStoreProcess(module: string, config: object): Promise<StoreProcess> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const source = `(${serveStore})(${JSON.stringify(module)}, ${JSON.stringify(config)})`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env,
  });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const [ready] = await Promise.race([once(child, 'message'), exited]);
  assert.equal(ready, 'ready', `a process could not make the store: ${log}`);

  return {
    async run(calls, { inTurn = false, startAt = 0, onAnswer = () => {} } = {}) {
      const outcomes: Outcome[] = [];
      if (hasEnded(child)) return outcomes;
      let missing = calls.length;
      const task: Task = { calls, inTurn, startAt };
      await new Promise<void>((resolve) => {
        const listen = (text: string): void => {
          const { index, outcome } = JSON.parse(text) as Answer;
          outcomes[index] = outcome;
          missing -= 1;
          onAnswer({ index, outcome });
          if (missing === 0) done();
        };
        const done = (): void => {
          child.off('message', listen);
          child.off('exit', done);
          resolve();
        };
        child.on('message', listen);
        child.on('exit', done);
        child.send(task);
      });
      return outcomes;
    },
    async kill() {
      if (hasEnded(child)) return;
      child.kill('SIGKILL');
      await exited;
    },
    async end() {
      if (hasEnded(child)) return;
      child.disconnect();
      await exited;
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
