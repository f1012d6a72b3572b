import { callable, type Check, type Checks, contract, reportUnknown, required } from '../check.js';
import { isPlainObject } from '../is-plain-object.js';
import type { AccountsOptions } from './accounts.js';

const checks: Checks<AccountsOptions<unknown>> = {
  find: required(callable, 'Write find: (id: string) => the account, or nothing.'),
  id: required(callable, 'Write id: (account) => its stable id.'),
  label: callable,
  sessionsValidFrom: callable,
  fromRequest: callable,
  endHostSession: callable,
};

/** Checks how the server reaches the host's accounts. */
export const checkAccounts: Check<AccountsOptions<unknown>> = (value, at) => {
  // An instance of a class may hold more. In a literal it is a misspelt hook that would never run.
  if (isPlainObject(value)) reportUnknown(value, Object.keys(checks), at);
  const checked = contract(checks)(value, at.hidden());
  if (checked?.endHostSession && !checked.fromRequest) {
    return at
      .at('endHostSession')
      .problem(
        'ends the session that fromRequest reads, which is missing. Add fromRequest, or remove it.',
      );
  }
  return checked;
};
