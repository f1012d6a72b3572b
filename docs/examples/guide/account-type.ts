// From where the type of an account comes: what the guide says of it, held by the compiler.
import { createAuthorizationServer } from '@gatehouse/core';
import { options } from '../readmes/options.js';

interface User {
  readonly id: string;
  readonly email: string;
}

/** Servers whose `accounts` are written in one way and another. */
export function servers(users: ReadonlyMap<string, User>): readonly Promise<unknown>[] {
  return [
    createAuthorizationServer({
      ...options,
      // #region first
      accounts: {
        find: (id) => users.get(id), // first: the type of the account comes from here
        id: (user) => user.id,
        label: (user) => user.email,
      },
      // #endregion first
    }),
    createAuthorizationServer({
      ...options,
      accounts: {
        find(id) {
          return users.get(id);
        },
        id: (user) => user.id,
      },
    }),
    createAuthorizationServer({
      ...options,
      accounts: { id: (user) => user.id, find: (id: string) => users.get(id) },
    }),
    createAuthorizationServer({
      ...options,
      // @ts-expect-error behind another function, and without a type of its own
      accounts: { id: (user) => user.id, find: (id) => users.get(id) },
    }),
  ];
}
