import type { Store } from '@gatehouse/core';
import { options, type User } from './options.js';

/** The app's own user table. */
export interface Users {
  check(email: string, password: string): Promise<User | undefined>;
}

// #region verify
import { createAuthorizationServer } from '@gatehouse/core';
import { passwordLogin } from '@gatehouse/login-password';

export function createServer(users: Users, store: Store) {
  const login = passwordLogin<User>({
    verify: ({ identifier, password }) => users.check(identifier, password),
    links: [{ label: 'Forgot your password?', url: '/reset' }],
  });
  return createAuthorizationServer({ ...options, store, plugins: [login] });
}
// #endregion verify
