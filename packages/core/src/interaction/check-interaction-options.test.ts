import { goodOptions, problemsOf } from '../../test/options.js';

const mistakes: [string, object, ...string[]][] = [
  [
    'an idle session that outlives the absolute one',
    { session: { idleSeconds: 100, absoluteSeconds: 50 } },
    'session.idleSeconds: must not be more than absoluteSeconds, which is 50, got 100.',
  ],
  [
    'a lifetime in words',
    { interaction: { lifetimeSeconds: '1h' } },
    'interaction.lifetimeSeconds: must be a whole number of seconds from 1 to 86400, got "1h".',
  ],
  [
    'a page that is no function',
    { pages: { login: '<h1>' } },
    'pages.login: must be a function, got "<h1>".',
  ],
];

test.each(mistakes)('reports %s', (_title, options, ...problems) => {
  expect(problemsOf({ ...goodOptions, ...options })).toEqual(['ERR_OPTIONS_INVALID', ...problems]);
});
