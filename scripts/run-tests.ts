import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { type JestReport, lackLines, readReport, skipProblems, tally } from './check-skips.js';
import { isMain } from './workspace.js';

/** How Jest is started, by whichever Node binary. */
export const JEST: readonly string[] = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];

/** What is run by itself: `npm test` has the first two, `npm run test:matrix` the last. */
type Part = 'together' | 'alone' | 'matrix';

/**
 * Runs Jest and says at the end how many tests passed. `--long` runs the long forms instead; all else is handed to Jest. A full
 * run has two parts and may not skip anything; what is named may, but not in CI.
 */
export function runTests(args: readonly string[]): number {
  const long = args.includes('--long');
  const rest = args.filter((arg) => arg !== '--long');
  return rest.length === 0 ? runParts(['together', 'alone'], long) : runParts([''], long, rest);
}

/** Runs Jest once for each part, and says at the end how many tests passed in all. */
export function runParts(
  parts: readonly (Part | '')[],
  long = false,
  rest: readonly string[] = [],
): number {
  const full = rest.length === 0;
  const ci = process.env.CI === 'true';
  mkdirSync('.cache', { recursive: true });
  const runs = parts.map((part) => runPart(part, long, rest));
  const reports = runs.flatMap(({ report }) => report ?? []);
  const problems = reports.flatMap((report) => (ci || full ? skipProblems(report, { ci }) : []));
  for (const problem of problems) console.error(problem);
  for (const line of new Set(reports.flatMap(lackLines))) console.error(line);
  if (reports.length > 0) console.log(`\n${tally(...reports)}`);
  const failed = runs.find(({ status }) => status !== 0);
  return failed?.status ?? (problems.length > 0 ? 1 : 0);
}

function runPart(
  part: Part | '',
  long: boolean,
  rest: readonly string[],
): { readonly status: number; readonly report?: JestReport } {
  const output = `.cache/jest${long ? '-long' : ''}${part && `-${part}`}.json`;
  rmSync(output, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [...JEST, '--json', `--outputFile=${output}`, ...rest],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        ...(part && { GATEHOUSE_PART: part }),
        ...(long && { GATEHOUSE_LONG: '1' }),
      },
    },
  );
  const report = existsSync(output) ? readReport(output) : undefined;
  return { status: status ?? 1, ...(report && { report }) };
}

if (isMain(import.meta.url)) process.exitCode = runTests(process.argv.slice(2));
