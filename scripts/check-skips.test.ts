import { IN_BROWSER, type JestReport, lacksChromium, skipProblems, tally } from './check-skips.js';

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

const browser = `${IN_BROWSER}login shows the form`;

describe('check-skips', () => {
  test('accepts a run without skips', () => {
    expect(skipProblems(reportOf({ a: 'passed', b: 'failed' }), { ci: true })).toEqual([]);
  });

  test('refuses a skipped test, a todo, and a run without tests', () => {
    const report = reportOf({ a: 'passed', b: 'pending', c: 'todo' });
    expect(skipProblems(report, { ci: false })).toEqual(['did not run: b', 'did not run: c']);
    expect(skipProblems(reportOf({}), { ci: false })).toEqual(['no test ran']);
  });

  test('lets browser tests be skipped on a machine without Chromium, but not in CI', () => {
    const report = reportOf({ a: 'passed', [browser]: 'pending' });
    expect(lacksChromium(report)).toBe(true);
    expect(skipProblems(report, { ci: false })).toEqual([]);
    expect(skipProblems(report, { ci: true })).toEqual([`did not run: ${browser}`]);
    expect(lacksChromium(reportOf({ a: 'pending', [browser]: 'passed' }))).toBe(false);
  });

  test('counts a file that could not run as a failure', () => {
    const report = { ...reportOf({ a: 'passed', b: 'pending' }), numRuntimeErrorTestSuites: 1 };
    expect(tally(report)).toBe('1 passed, 1 failed, 1 skipped');
  });
});
