import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export { freePort } from '../../scripts/testing/free-port.js';

/** How a program ended. */
export interface Finish {
  readonly code: number | null;
  readonly output: string;
}

/** A program of an example, in a process group of its own. */
export interface Program {
  /** Everything it printed so far. */
  output(): string;
  /** Resolves with the first match of what it prints, and rejects when it ends or stays silent. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** How it ended. */
  finished(): Promise<Finish>;
  /** Asks it to end, as a process manager does. */
  stop(): Promise<Finish>;
  /** Whether the program, or anything that it started, still runs. */
  isRunning(): boolean;
}

const patienceMs = 15_000;
const folders = new Set<string>();
const programs = new Set<{ isRunning(): boolean; kill(): void }>();

/** Starts `examples/<path>` under Node, with `env` added to the environment. */
export function startProgram(
  path: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Program {
  const child = spawn(process.execPath, [join('examples', path), ...args], {
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exit = once(child, 'close').then(
    ([code]): Finish => ({ code: code as number | null, output }),
  );
  const isRunning = (): boolean => signal(child, 0);
  programs.add({ isRunning, kill: () => void signal(child, 'SIGKILL') });

  async function inTime<T>(result: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${path}: ${what}\n${output}`)), patienceMs);
    });
    return Promise.race([result, late]).finally(() => clearTimeout(timer));
  }

  async function printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(output);
      if (match) return match;
      if (child.exitCode !== null) throw new Error(`${path} ended without ${pattern}\n${output}`);
      await Promise.race([once(child.stdout, 'data'), exit]);
    }
  }

  return {
    output: () => output,
    isRunning,
    printed: (pattern) => inTime(printed(pattern), `did not print ${pattern}`),
    finished: () => inTime(exit, 'did not end'),
    stop() {
      child.kill('SIGTERM');
      return inTime(exit, 'did not end when asked');
    },
  };
}

/** What a program answers to a form, or to a body of another type, that comes from its own page but from nobody it knows. */
export async function answerTo(
  url: string,
  body: string,
  type = 'application/x-www-form-urlencoded',
): Promise<[status: number, text: string]> {
  const headers = { 'content-type': type, 'origin': new URL(url).origin };
  const reply = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' });
  return [reply.status, await reply.text()];
}

/** What an app answers to JSON that is broken, and no more. */
export const badRequest = [400, '{"error":"Bad Request"}'] as const;

/** A new folder, until {@link endPrograms}. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-example-'));
  folders.add(folder);
  return folder;
}

/** Ends what a failed test left running, and removes its folders; call it in the test file: `afterEach(endPrograms)`. */
export function endPrograms(): void {
  for (const program of programs) if (program.isRunning()) program.kill();
  programs.clear();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

// A negative id means the whole group: a program that left a child behind is found by it.
function signal({ pid }: ChildProcess, name: NodeJS.Signals | 0): boolean {
  try {
    return pid !== undefined && process.kill(-pid, name);
  } catch {
    return false;
  }
}
