import { goodOptions, problemsOf } from '../../test/options.js';

const accounts = { find: () => undefined, id: () => '1' };

const mistakes: [string, object, ...string[]][] = [
  [
    'accounts without find',
    { accounts: { id: () => '1' } },
    'accounts.find: is missing. Write find: (id: string) => the account, or nothing.',
  ],
  [
    'a misspelt account hook',
    { accounts: { ...accounts, sessionValidFrom: () => 1 } },
    'accounts.sessionValidFrom: is not an option. Did you mean "sessionsValidFrom"?',
  ],
  [
    'an account hook that is no function',
    { accounts: { ...accounts, fromRequest: true } },
    'accounts.fromRequest: must be a function, got a boolean.',
  ],
];

test.each(mistakes)('reports %s', (_title, options, ...problems) => {
  expect(problemsOf({ ...goodOptions, ...options })).toEqual(['ERR_OPTIONS_INVALID', ...problems]);
});
