import type { AccountDirectory, AccountsOptions } from './accounts.js';

// OpenID Connect Core §2: a subject is at most 255 ASCII characters. NUL and control characters have no place in an id.
const accountIdSyntax = /^[\x20-\x7e]{1,255}$/;

/** The host's accounts behind checks, so that a mistake of the host is named where it happens. */
export function createAccountDirectory(options: AccountsOptions<unknown>): AccountDirectory {
  const { fromRequest } = options;

  function idOf(account: unknown): string {
    const id = options.id(account);
    if (typeof id !== 'string' || !accountIdSyntax.test(id)) {
      throw new TypeError(
        `accounts.id must return 1 to 255 printable ASCII characters, got ${typeof id}`,
      );
    }
    return id;
  }

  return {
    idOf,
    async find(accountId) {
      const account = await options.find(accountId);
      if (account === null || account === undefined) return undefined;
      // Threat: a lookup that is too generous (a case-insensitive collation, a numeric cast) hands one person another's account.
      if (idOf(account) !== accountId) {
        throw new TypeError('accounts.find returned an account whose accounts.id is another one');
      }
      return account;
    },
    view(account) {
      const accountId = idOf(account);
      return { accountId, label: options.label?.(account) ?? accountId };
    },
    async isLoginValid(account, authTime) {
      const validFrom = await options.sessionsValidFrom?.(account);
      return validFrom === undefined || authTime >= validFrom;
    },
    ...(fromRequest ? { fromRequest: async (req) => (await fromRequest(req)) ?? undefined } : {}),
  };
}
