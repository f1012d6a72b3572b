import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pauseProcess } from '../testing/pause-process.js';
import type { NodeCall, NodeMessage } from './node.js';
import type { NodeConfig } from './node-config.js';

/** A server process. */
export interface ClusterNode {
  readonly port: number;
  readonly pid: number;
  readonly origin: string;
  /** Calls a member of the server in that process, e.g. `call('clients.update', 'web', patch)`. */
  call(path: string, ...args: readonly unknown[]): Promise<unknown>;
  /** What it wrote to standard error. */
  log(): string;
  /** Stops the process as it is (SIGSTOP): connections stay open, and nothing is answered. */
  pause(): void;
  resume(): void;
  /** SIGTERM, as a deployment stops it; resolves with the exit code when it has ended. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>;
}

// What was built, from the source of a test too.
const nodeProgram = join(
  import.meta.dirname.replace(/scripts\/cluster$/, 'scripts/dist/cluster'),
  'node.js',
);
const startMilliseconds = 60_000;

/** How a process is started, if not as every node of a cluster. */
export interface NodeProcess {
  /** What it runs, instead of a node of a cluster. */
  readonly program?: string;
  /** Flags for Node itself. */
  readonly execArgv?: readonly string[];
}

/** Starts a server process, and waits until it listens. */
export async function startNode(
  config: NodeConfig,
  { program = nodeProgram, execArgv = [] }: NodeProcess = {},
): Promise<ClusterNode> {
  const child = fork(program, {
    execArgv: ['--expose-gc', ...execArgv],
    env: { ...process.env, NODE_ENV: 'test', CLUSTER_NODE: JSON.stringify(config) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const leaveNothing = (): void => void child.kill('SIGKILL');
  process.on('exit', leaveNothing);
  child.once('exit', () => process.off('exit', leaveNothing));
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log = `${log}${chunk}`.slice(-100_000);
  });

  interface Waiting {
    readonly path: string;
    resolve(message: NodeMessage): void;
    reject(error: Error): void;
  }
  const calls = new Map<number, Waiting>();
  child.on('message', (message: NodeMessage) => {
    if ('id' in message) calls.get(message.id)?.resolve(message);
  });
  child.once('exit', () => {
    for (const { path, reject } of calls.values()) {
      reject(new Error(`the node ended before it answered ${path}`));
    }
  });
  let last = 0;

  const port = await portOf(child, () => log);
  return {
    port,
    pid: child.pid ?? 0,
    origin: `http://127.0.0.1:${port}`,
    log: () => log,
    async call(path, ...args) {
      last += 1;
      const id = last;
      const answer = new Promise<NodeMessage>((resolve, reject) => {
        calls.set(id, { path, resolve, reject });
        // A node that has ended already is told by this error alone.
        child.send({ id, path, args } satisfies NodeCall, (error) => error && reject(error));
      });
      const message = await answer.finally(() => calls.delete(id));
      if ('error' in message) throw new Error(message.error);
      return 'value' in message ? message.value : undefined;
    },
    pause: () => pauseProcess(child),
    resume: () => void child.kill('SIGCONT'),
    stop: () => end(child, 'SIGTERM'),
    async kill() {
      await end(child, 'SIGKILL');
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

function portOf(child: ChildProcess, log: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`a node ${why}: ${log()}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('did not start in a minute');
    }, startMilliseconds);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
    child.once('message', (message: NodeMessage) => {
      clearTimeout(timer);
      if ('port' in message) resolve(message.port);
    });
  });
}
