import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { lackLines, readReport, skipProblems, tally } from './check-skips.js';
import { isMain } from './workspace.js';

/** How Jest is started, by whichever Node binary. */
export const JEST: readonly string[] = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];

/**
 * Runs Jest and says at the end how many tests passed. `--long` runs the long forms instead; all else is handed to Jest. A full
 * run may not skip anything, a part of one may, but not in CI.
 */
export function runTests(args: readonly string[]): number {
  const long = args.includes('--long');
  const rest = args.filter((arg) => arg !== '--long');
  const output = long ? '.cache/jest-long.json' : '.cache/jest.json';
  const ci = process.env.CI === 'true';
  mkdirSync('.cache', { recursive: true });
  rmSync(output, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [...JEST, '--json', `--outputFile=${output}`, ...rest],
    { stdio: 'inherit', env: { ...process.env, ...(long ? { GATEHOUSE_LONG: '1' } : {}) } },
  );
  if (!existsSync(output)) return status ?? 1;
  const report = readReport(output);
  const problems = ci || rest.length === 0 ? skipProblems(report, { ci }) : [];
  for (const problem of problems) console.error(problem);
  for (const line of lackLines(report)) console.error(line);
  console.log(`\n${tally(report)}`);
  return status === 0 && problems.length > 0 ? 1 : (status ?? 1);
}

if (isMain(import.meta.url)) process.exitCode = runTests(process.argv.slice(2));
