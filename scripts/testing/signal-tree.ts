import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Signals a process and those that it started; `false` when it has ended. */
export function signalTree(parent: ChildProcess | undefined, signal: NodeJS.Signals): boolean {
  const { pid } = parent ?? {};
  if (pid === undefined || parent?.exitCode !== null || parent.signalCode !== null) return false;
  for (const each of [pid, ...childrenOf(pid)]) {
    try {
      process.kill(each, signal);
    } catch {
      // It has ended by itself.
    }
  }
  return true;
}

function childrenOf(pid: number): readonly number[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  const text = existsSync(list)
    ? readFileSync(list, 'utf8')
    : spawnSync('pgrep', ['-P', `${pid}`], { encoding: 'utf8' }).stdout;
  return (text ?? '').split(/\s+/).filter(Boolean).map(Number);
}
