import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Stops a process (SIGSTOP), and comes back when none of its threads runs any more. */
export function pauseProcess(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined || !child.kill('SIGSTOP')) throw new Error('the process has ended');
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return;
  for (const end = performance.now() + 5_000; performance.now() < end; ) {
    if (readdirSync(tasks).every((task) => isStopped(`${tasks}/${task}/stat`))) return;
  }
  throw new Error('the process does not stop');
}

// `pid (name) state …`, and a name may hold anything. A thread that has ended meanwhile does not run.
function isStopped(stat: string): boolean {
  try {
    return /.*\) [TtXZ]/s.test(readFileSync(stat, 'utf8'));
  } catch {
    return true;
  }
}
