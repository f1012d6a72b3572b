import type { AccountsOptions } from './accounts.js';
import { createAccountDirectory } from './account-directory.js';

const now = 1_800_000_000;
const ada = { id: 'ada' };

function directoryOf(more: object): ReturnType<typeof createAccountDirectory> {
  const options = { find: () => ada, id: (account: typeof ada) => account.id, ...more };
  return createAccountDirectory(options as AccountsOptions<unknown>, { now: () => now });
}

const loginOf = (login: unknown): Promise<unknown> | undefined =>
  directoryOf({ fromRequest: () => login }).fromRequest?.({} as never);

describe('what accounts.fromRequest returns', () => {
  it.each([null, undefined])('may be %p: nobody is logged in', async (nobody) => {
    expect(await loginOf(nobody)).toBeUndefined();
  });

  it('is passed on with what it may hold, and nothing else', async () => {
    const login = { account: ada, authTime: now, amr: ['pwd', 'otp'], acr: 'urn:acme:mfa' };
    expect(await loginOf({ ...login, password: 'x' })).toEqual(login);
    const bare = { account: ada, authTime: now };
    expect(await loginOf({ ...bare, amr: null, acr: null })).toEqual(bare);
  });

  it.each([
    ['a clock that is minutes ahead', now + 300, now + 300],
    ['a part of a second, which no token says', now - 0.25, now - 1],
    ['a login of long ago', 0, 0],
  ])('may say %s', async (_title, authTime, told) => {
    expect(await loginOf({ account: ada, authTime })).toEqual({ account: ada, authTime: told });
  });

  const seconds = '"authTime" must be the epoch second of the login';
  it.each<[string, unknown, string]>([
    ['no object', 'ada', 'must return { account, authTime } or nothing, got a string of 3'],
    ['a list', [ada], 'must return { account, authTime } or nothing, got an array of 1'],
    ['no account', { user: ada, authTime: now }, 'must return { account, authTime } or nothing'],
    [
      'no time',
      { account: ada },
      `${seconds}, got nothing. Write a number: seconds since 1970, in UTC.`,
    ],
    [
      'milliseconds',
      { account: ada, authTime: now * 1000 },
      `${seconds}, got 1800000000000, which is more than five minutes ahead. Write Math.floor(ms / 1000).`,
    ],
    [
      'the time of another zone',
      { account: ada, authTime: now + 3600 },
      `${seconds}, got 1800003600, which is more than five minutes ahead. Write a number: seconds since 1970, in UTC.`,
    ],
    [
      'a Date',
      { account: ada, authTime: new Date(now * 1000) },
      `${seconds}, got a Date. Write Math.floor(date.getTime() / 1000).`,
    ],
    ['a text', { account: ada, authTime: '2026-01-01' }, `${seconds}, got a string of 10`],
    ['no number', { account: ada, authTime: Number.NaN }, `${seconds}, got NaN.`],
    ['a time before time', { account: ada, authTime: -1 }, `${seconds}, got -1.`],
    [
      'a method that is no list',
      { account: ada, authTime: now, amr: 'pwd' },
      '"amr" must be an array of method names, got a string of 3 characters. Write it like [\'pwd\'].',
    ],
    [
      'a method that is no name',
      { account: ada, authTime: now, amr: ['pwd', 7] },
      '"amr[1]" must be a method name, got a number. Write it like [\'pwd\'].',
    ],
    [
      'a context class that is no text',
      { account: ada, authTime: now, acr: 2 },
      '"acr" must be the name of a context class, got a number. Write it like \'urn:acme:mfa\'.',
    ],
    [
      'an empty context class',
      { account: ada, authTime: now, acr: '' },
      '"acr" must be the name of a context class, got a string of 0 characters.',
    ],
  ])('fails with %s, and names the fix', async (_title, login, message) => {
    const failure = Promise.resolve(loginOf(login));
    await expect(failure).rejects.toThrow(TypeError);
    await expect(failure).rejects.toThrow(/^accounts\.fromRequest/);
    await expect(failure).rejects.toThrow(message);
  });

  it('never stands in the message where it may be secret', async () => {
    for (const wrong of ['hunter2', ['hunter2'], { hunter2: 1 }]) {
      const logins = [wrong, { account: ada, authTime: wrong }];
      const more = { account: ada, authTime: now };
      const all = [...logins, { ...more, amr: { 0: wrong } }, { ...more, amr: [[wrong]] }];
      for (const login of [...all, { ...more, acr: [wrong] }]) {
        const error: unknown = await loginOf(login)?.catch((thrown: unknown) => thrown);
        expect(String(error)).toMatch(/^TypeError: accounts\.fromRequest/);
        expect(String(error)).not.toContain('hunter2');
      }
    }
  });
});

describe('what accounts.sessionsValidFrom returns', () => {
  const isValid = (validFrom: unknown): Promise<boolean> =>
    directoryOf({ sessionsValidFrom: () => validFrom }).isLoginValid(ada, now);

  it.each([
    [undefined, true],
    [null, true],
    [0, true],
    [now, true],
    [now + 0.5, false],
    [now + 1, false],
    [now + 80_000, false],
  ])('decides about a login: %p', async (validFrom, valid) => {
    expect(await isValid(validFrom)).toBe(valid);
  });

  it.each<[string, unknown, string]>([
    [
      'milliseconds',
      now * 1000,
      'got 1800000000000, which is more than a day ahead. Write Math.floor(ms / 1000).',
    ],
    ['a Date', new Date(0), 'got a Date. Write Math.floor(date.getTime() / 1000).'],
    ['a text', '1800000000', 'got a string of 10 characters. Write a number: seconds since'],
    ['no number', Number.NaN, 'got NaN.'],
    ['a truth', true, 'got a boolean.'],
  ])('fails as %s, and names the fix', async (_title, validFrom, message) => {
    const begin = 'accounts.sessionsValidFrom must return an epoch second, or nothing, ';
    await expect(isValid(validFrom)).rejects.toThrow(`${begin}${message}`);
    await expect(isValid(validFrom)).rejects.toThrow(TypeError);
  });
});
