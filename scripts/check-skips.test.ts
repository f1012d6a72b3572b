import {
  IN_BROWSER,
  type JestReport,
  lackLines,
  NO_CHROMIUM,
  NO_MONGO,
  NO_POSTGRES,
  NO_REDIS,
  ON_MONGO,
  ON_POSTGRES,
  ON_REDIS,
  passedFiles,
  skipProblems,
  tally,
} from './check-skips.js';

function reportOf(tests: Readonly<Record<string, string>>): JestReport {
  const count = (status: string) => Object.values(tests).filter((each) => each === status).length;
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('pending'),
    numTodoTests: count('todo'),
    numRuntimeErrorTestSuites: 0,
    testResults: [
      {
        name: 'a.test.ts',
        assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
      },
    ],
  };
}

describe('check-skips', () => {
  test('accepts a run without skips', () => {
    expect(skipProblems(reportOf({ a: 'passed', b: 'failed' }), { ci: true })).toEqual([]);
  });

  test('refuses a skipped test, a todo, and a run without tests', () => {
    const report = reportOf({ a: 'passed', b: 'pending', c: 'todo' });
    expect(skipProblems(report, { ci: false })).toEqual(['did not run: b', 'did not run: c']);
    expect(skipProblems(reportOf({}), { ci: false })).toEqual(['no test ran']);
  });

  test.each([
    [IN_BROWSER, NO_CHROMIUM],
    [ON_POSTGRES, NO_POSTGRES],
    [ON_MONGO, NO_MONGO],
    [ON_REDIS, NO_REDIS],
  ])(
    'lets tests %sbe skipped on a machine without it, in one line, but not in CI',
    (prefix, line) => {
      const [one, another] = [`${prefix}one`, `${prefix}another`];
      const report = reportOf({ a: 'passed', [one]: 'pending', [another]: 'pending' });
      expect(lackLines(report)).toEqual([line]);
      expect(line).toMatch(/^SKIPPED /);
      expect(skipProblems(report, { ci: false })).toEqual([]);
      const problems = [`did not run: ${one}`, `did not run: ${another}`];
      expect(skipProblems(report, { ci: true })).toEqual(problems);
      expect(lackLines(reportOf({ a: 'pending', [one]: 'passed' }))).toEqual([]);
    },
  );

  test('counts a file as passed when all of its tests have', () => {
    expect(passedFiles(reportOf({ a: 'passed', b: 'passed' }))).toEqual({ passed: 1, all: 1 });
    for (const tests of [{}, { a: 'passed', b: 'failed' }, { a: 'passed', b: 'pending' }]) {
      expect(passedFiles(reportOf(tests))).toEqual({ passed: 0, all: 1 });
    }
  });

  test('counts a file that could not run as a failure', () => {
    const report = { ...reportOf({ a: 'passed', b: 'pending' }), numRuntimeErrorTestSuites: 1 };
    expect(tally(report)).toBe('1 passed, 1 failed, 1 skipped');
  });
});
