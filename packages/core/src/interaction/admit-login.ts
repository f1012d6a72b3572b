import type { AccountDirectory } from '../authorize/accounts.js';
import { checkAccountId, checkLoginFacts } from '../authorize/check-login.js';
import type { Clock } from '../clock.js';
import { showSecret } from '../show-value.js';
import type { LoginResult } from './login-method.js';

// Clocks of several machines differ by less, and the next try succeeds.
const skewSeconds = 60;

/**
 * Checks what a login method answered, before it is recorded, and that the login will count: of an account that is not there, or whose
 * logins are all void, the person would be asked to log in again and again, with the right password and without a word.
 *
 * @throws {TypeError} for the host's log
 */
export async function admitLogin(
  { login, method }: { readonly login: LoginResult; readonly method: string },
  { accounts, clock }: { readonly accounts: AccountDirectory; readonly clock: Clock },
): Promise<LoginResult> {
  const source = `the login method "${method}"`;
  if (typeof login !== 'object' || login === null) {
    throw new TypeError(`${source}: "login" must be { accountId, amr }, got ${showSecret(login)}`);
  }
  const accountId = checkAccountId(login.accountId, `${source}: "accountId" must be`);
  const facts = checkLoginFacts(login, source, clock.now());
  const account = await accounts.find(accountId);
  if (account === undefined) {
    throw new TypeError(
      `accounts.find returned nothing for the account that ${source} let in. It must find accounts by what accounts.id returns; one that is deactivated must not be let in`,
    );
  }
  if (!(await accounts.isLoginValid(account, clock.now() + skewSeconds))) {
    throw new TypeError(
      `accounts.sessionsValidFrom is later than now, so the login by ${source} would not count. Is the time that it is made of in another time zone?`,
    );
  }
  return { amr: [], ...facts, accountId };
}
