import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { pauseProcess } from './pause-process.js';
import { signalTree } from './signal-tree.js';

/** A database server of a test, on 127.0.0.1, with its data in a temporary folder. */
export interface TestServer {
  readonly uri: string;
  /** Stops the processes as they are (SIGSTOP): connections stay open, and nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends all of it at once (SIGKILL), as a machine does that loses power. */
  kill(): Promise<void>;
  /** Starts again on the same port, after a kill; with the same data if it keeps them. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** What is special about a server. */
export interface ServerPlan {
  readonly uri: string;
  /** Removed at the end. */
  readonly folder: string;
  /** Ends it quickly and with all that it has started. */
  readonly endSignal: 'SIGKILL' | 'SIGQUIT';
  /** Resolves when it answers. */
  launch(): Promise<ChildProcess>;
}

/** Starts a server. The caller stops it; what is left at the end of the process ends with it. */
export async function startServer({
  uri,
  folder,
  endSignal,
  launch,
}: ServerPlan): Promise<TestServer> {
  const removeFolder = (): Promise<void> =>
    rm(folder, { recursive: true, force: true, maxRetries: 5 });
  let server: ChildProcess;
  try {
    server = await launch();
  } catch (error) {
    await removeFolder();
    throw error;
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const exited = once(server, 'exit');
    if (signalTree(server, signal)) await exited;
  };
  const leaveNothing = (): void => void server.kill(endSignal);
  process.on('exit', leaveNothing);
  return {
    uri,
    pause() {
      signalTree(server, 'SIGSTOP');
      pauseProcess(server);
    },
    resume: () => void signalTree(server, 'SIGCONT'),
    kill: () => end('SIGKILL'),
    async restart() {
      server = await launch();
    },
    async stop() {
      process.off('exit', leaveNothing);
      signalTree(server, 'SIGCONT');
      await end(endSignal);
      await removeFolder();
    },
  };
}

/** A server that was given, which no test may stop. */
export function givenServer(uri: string, stop: () => Promise<void> = async () => {}): TestServer {
  const refuse = (): never => {
    throw new Error('only a server of its own can be paused or killed');
  };
  return { uri, pause: refuse, resume: refuse, kill: refuse, restart: refuse, stop };
}

/** Waits until a server that was started says so. */
export function ready(server: ChildProcess, sign: RegExp): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    let log = '';
    const listen = (chunk: Buffer): void => {
      if (log.length > 100_000) return;
      log += chunk.toString();
      if (sign.test(log)) resolve(server);
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${log}`)));
  });
}
