import type { Clock } from '../clock.js';
import { showSecret } from '../show-value.js';
import type { AccountDirectory, AccountsOptions, HostLogin } from './accounts.js';
import { checkAccountId, checkAuthTime, checkEpochSecond, checkLoginFacts } from './check-login.js';

/** The host's accounts behind checks, so that a mistake of the host is named where it happens. */
export function createAccountDirectory(
  options: AccountsOptions<unknown>,
  clock: Clock,
): AccountDirectory {
  const { fromRequest, endHostSession } = options;

  function idOf(account: unknown): string {
    return checkAccountId(options.id(account), 'accounts.id must return');
  }

  async function find(accountId: string): Promise<unknown> {
    const account = await options.find(accountId);
    if (account === null || account === undefined) return undefined;
    // Threat: a lookup that is too generous (a case-insensitive collation, a numeric cast) hands one person another's account.
    if (idOf(account) !== accountId) {
      throw new TypeError('accounts.find returned an account whose accounts.id is another one');
    }
    return account;
  }

  async function isLoginValid(account: unknown, authTime: number): Promise<boolean> {
    // A database has null where nothing was set.
    const given: unknown = (await options.sessionsValidFrom?.(account)) ?? undefined;
    if (given === undefined) return true;
    const begin = 'accounts.sessionsValidFrom must return an epoch second, or nothing';
    return authTime >= checkEpochSecond(given, clock.now(), begin);
  }

  return {
    idOf,
    find,
    isLoginValid,
    async findLoggedIn(accountId, authTime) {
      const account = await find(accountId);
      if (account === undefined) return undefined;
      return (await isLoginValid(account, authTime)) ? account : undefined;
    },
    view(account) {
      const accountId = idOf(account);
      return { accountId, label: options.label?.(account) ?? accountId };
    },
    ...(fromRequest
      ? { fromRequest: async (req) => checkHostLogin(await fromRequest(req), clock.now()) }
      : {}),
    ...(endHostSession ? { endHostSession: async (req, res) => endHostSession(req, res) } : {}),
  };
}

const source = 'accounts.fromRequest';

function checkHostLogin(login: unknown, now: number): HostLogin<unknown> | undefined {
  if (login === undefined || login === null) return undefined;
  const { account } = Object(login) as { readonly account?: unknown };
  if (typeof login !== 'object' || account === undefined || account === null) {
    throw new TypeError(
      `${source} must return { account, authTime } or nothing, got ${showSecret(login)}`,
    );
  }
  const { authTime, ...how } = checkLoginFacts(login, source, now);
  // A method may leave it out, and has just logged somebody in. A session must say when it began.
  return { account, ...how, authTime: authTime ?? checkAuthTime(authTime, source, now) };
}
