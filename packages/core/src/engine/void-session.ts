import type { AccountDirectory } from '../authorize/accounts.js';
import { type EndingSession, endSession, type SessionEndParts } from './end-session.js';
import { unitOfWork } from './unit-of-work.js';

/**
 * The account of a session. Nothing when it is deactivated, or was logged out everywhere since: then the session has been ended.
 *
 * Threat: whoever has copied the cookie waits for the next login. That session was left as it is, and logged in anew, it would be theirs too.
 */
export async function accountOrEnd(
  session: EndingSession & { readonly loginTs?: number },
  parts: SessionEndParts & { readonly accounts: AccountDirectory },
): Promise<unknown> {
  const { accountId, loginTs = 0 } = session;
  if (accountId === undefined) return undefined;
  const account = await parts.accounts.find(accountId);
  if (account !== undefined && (await parts.accounts.isLoginValid(account, loginTs))) {
    return account;
  }
  const reason = account === undefined ? 'account_gone' : 'logged_out_everywhere';
  await endSession(unitOfWork(), session, reason, parts);
  return undefined;
}
