import type { AccountsOptions } from '@gatehouse/core';
import type { Every } from './every.js';
import { findUser, type User } from './your-app.js';

// #region accounts
/** How the server reaches your users. It stores none. */
export const accounts = {
  // Needed. Nothing for a user who is deactivated: all that this user has is dead then.
  find: (id: string) => findUser(id),
  // Needed. What never changes: an address does.
  id: (user) => user.id,
  // What people recognise themselves by: an address, a name.
  label: (user) => user.id,
  // The moment of the last password change, or of "log out everywhere": logins before it are void.
  sessionsValidFrom: () => undefined,
  // With a login of your own these two: see `hostSession` in alternatives.ts.
  fromRequest: undefined,
  endHostSession: undefined,
} satisfies Every<AccountsOptions<User>>;
// #endregion accounts
