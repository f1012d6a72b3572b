import type { AccountDirectory, AccountsOptions } from './accounts.js';

// OpenID Connect Core §2: a subject is at most 255 ASCII characters. NUL and control characters have no place in an id.
const accountIdSyntax = /^[\x20-\x7e]{1,255}$/;

/** The host's accounts behind checks, so that a mistake of the host is named where it happens. */
export function createAccountDirectory(options: AccountsOptions<unknown>): AccountDirectory {
  const { fromRequest, endHostSession } = options;

  function idOf(account: unknown): string {
    const id = options.id(account);
    if (typeof id !== 'string' || !accountIdSyntax.test(id)) {
      throw new TypeError(
        `accounts.id must return 1 to 255 printable ASCII characters, got ${typeof id}`,
      );
    }
    return id;
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
    const validFrom = await options.sessionsValidFrom?.(account);
    return validFrom === undefined || authTime >= validFrom;
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
    ...(fromRequest ? { fromRequest: async (req) => (await fromRequest(req)) ?? undefined } : {}),
    ...(endHostSession ? { endHostSession: async (req, res) => endHostSession(req, res) } : {}),
  };
}
