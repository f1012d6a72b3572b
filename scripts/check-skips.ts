import { readFileSync } from 'node:fs';
import { isMain, report } from './workspace.js';

/** The parts of Jest's JSON report that count. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Begins the name of every suite that needs a browser; `describeInBrowser` writes it. */
export const IN_BROWSER = 'in a browser: ';

export const NO_CHROMIUM =
  'SKIPPED browser tests: no Chromium found; install it with: apt-get install chromium';

/** Reads a report that Jest wrote with `--json --outputFile`. */
export function readReport(path: string): JestReport {
  return JSON.parse(readFileSync(path, 'utf8')) as JestReport;
}

/** One line with the counts. A test file that could not run counts as one failure. */
export function tally(report: JestReport): string {
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const skipped = report.numPendingTests + report.numTodoTests;
  return `${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
}

/** Full names of tests that did not run. */
export function skippedOf(report: JestReport): string[] {
  return report.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => fullName);
}

/** Why a report is no full run. Only browser tests may be left out, and not in CI. */
export function skipProblems(report: JestReport, { ci }: { readonly ci: boolean }): string[] {
  if (report.numPassedTests + report.numFailedTests === 0) return ['no test ran'];
  return skippedOf(report)
    .filter((name) => ci || !name.startsWith(IN_BROWSER))
    .map((name) => `did not run: ${name}`);
}

/** Whether browser tests were left out because there is no browser. */
export function lacksChromium(report: JestReport): boolean {
  return skippedOf(report).some((name) => name.startsWith(IN_BROWSER));
}

if (isMain(import.meta.url)) {
  const jestReport = readReport(process.argv[2] ?? '.cache/jest.json');
  if (lacksChromium(jestReport)) console.error(NO_CHROMIUM);
  report('check-skips', skipProblems(jestReport, { ci: process.env.CI === 'true' }));
}
