import { readFileSync } from 'node:fs';

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

/** Begins the name of every suite that needs PostgreSQL; `describeOnPostgres` writes it. */
export const ON_POSTGRES = 'on PostgreSQL: ';

export const NO_POSTGRES =
  'SKIPPED PostgreSQL tests: no server found; set POSTGRES_URI, or install one with: apt-get install postgresql';

/** Begins the name of every suite that needs MongoDB; `describeOnMongo` writes it. */
export const ON_MONGO = 'on MongoDB: ';

export const NO_MONGO =
  'SKIPPED MongoDB tests: no server found; set MONGODB_URI, put mongod in the path, or install one with: apt-get install default-jdk-headless maven';

/** Begins the name of every suite that needs Redis; `describeOnRedis` writes it. */
export const ON_REDIS = 'on Redis: ';

export const NO_REDIS =
  'SKIPPED Redis tests: no server found; set REDIS_URI, or install one with: apt-get install redis-server';

/** What a machine may lack, and the line that says which tests did not run for it. */
const needs = [
  { prefix: IN_BROWSER, line: NO_CHROMIUM },
  { prefix: ON_POSTGRES, line: NO_POSTGRES },
  { prefix: ON_MONGO, line: NO_MONGO },
  { prefix: ON_REDIS, line: NO_REDIS },
];

/** Reads a report that Jest wrote with `--json --outputFile`. */
export function readReport(path: string): JestReport {
  return JSON.parse(readFileSync(path, 'utf8')) as JestReport;
}

/** One line with the counts of one or more reports. A test file that could not run counts as one failure. */
export function tally(...reports: readonly JestReport[]): string {
  const sum = (count: (report: JestReport) => number): number =>
    reports.reduce((total, report) => total + count(report), 0);
  const passed = sum((report) => report.numPassedTests);
  const failed = sum((report) => report.numFailedTests + report.numRuntimeErrorTestSuites);
  const skipped = sum((report) => report.numPendingTests + report.numTodoTests);
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** How many of the test files passed. One that could not run, or had nothing to run, did not. */
export function passedFiles({ testResults }: JestReport): { passed: number; all: number } {
  const passed = testResults.filter(
    ({ assertionResults: tests }) =>
      tests.length > 0 && tests.every(({ status }) => status === 'passed'),
  );
  return { passed: passed.length, all: testResults.length };
}

/** Full names of tests that did not run. */
export function skippedOf(report: JestReport): string[] {
  return report.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => fullName);
}

/** Why a report is no full run. Only tests that need what a machine may lack may be left out, and not in CI. */
export function skipProblems(report: JestReport, { ci }: { readonly ci: boolean }): string[] {
  if (report.numPassedTests + report.numFailedTests === 0) return ['no test ran'];
  return skippedOf(report)
    .filter((name) => ci || !needs.some(({ prefix }) => name.startsWith(prefix)))
    .map((name) => `did not run: ${name}`);
}

/** One line for each thing that was lacking. */
export function lackLines(report: JestReport): string[] {
  const skipped = skippedOf(report);
  return needs
    .filter(({ prefix }) => skipped.some((name) => name.startsWith(prefix)))
    .map(({ line }) => line);
}
