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
  [
    'a way to end a session that nothing reads',
    { accounts: { ...accounts, endHostSession: () => undefined } },
    'accounts.endHostSession: ends the session that fromRequest reads, which is missing. Add fromRequest, or remove it.',
  ],
  [
    'a way to end a session that is no function',
    { accounts: { ...accounts, fromRequest: () => undefined, endHostSession: 'destroy' } },
    'accounts.endHostSession: must be a function, got a string of 7 characters.',
  ],
];

test.each(mistakes)('reports %s', (_title, options, ...problems) => {
  expect(problemsOf({ ...goodOptions, ...options })).toEqual(['ERR_OPTIONS_INVALID', ...problems]);
});
