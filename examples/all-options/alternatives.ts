// What stands in place of something in the options: one or the other.
import {
  type AccountsOptions,
  type ExternalSigner,
  hostLogin,
  type HostLoginOptions,
  type IssueOptions,
  type PrivateJwk,
  type PublicJwk,
} from '@gatehouse/core';
import type { HashingOptions, PasswordLoginOptions } from '@gatehouse/login-password';
import type { IncomingMessage } from 'node:http';
import { accounts } from './accounts.js';
import { type Every, given } from './every.js';
import { password } from './plugins.js';
import { findUser, type User } from './your-app.js';

// #region keys
/** Keys that you make and rotate: the first of each algorithm signs. */
export const ownKeys = (keys: readonly PrivateJwk[]) =>
  ({ jwks: { keys } }) satisfies IssueOptions['keys'];

/** Keys that stay where they are: a key service signs. */
export const keyService = (keys: readonly PublicJwk[], sign: ExternalSigner['sign']) =>
  ({ signer: { jwks: { keys }, sign } }) satisfies IssueOptions['keys'];
// #endregion keys

// #region passwords
/** Gatehouse keeps the passwords, as argon2id hashes. */
export const managedPasswords = {
  ...password,
  verify: undefined,
  // Says so in so many words, where a missing `verify` could be a slip.
  managed: true,
  hashing: {
    // More where the machine has it: each hash takes this much. 19 MiB is what OWASP asks for.
    memoryKiB: 19_456,
    iterations: 2,
    parallelism: 1,
    // At the same time, in this process: more needs more of UV_THREADPOOL_SIZE.
    parallel: 2,
    // Who comes when so many wait is told to come back.
    waiting: 64,
    // Of new passwords, in characters.
    minLength: 8,
  } satisfies Every<HashingOptions>,
} satisfies Every<PasswordLoginOptions<User>>;
// #endregion passwords

// #region host-session
/** What your session middleware has put on the request. */
interface WithSession extends IncomingMessage {
  session?: { login?: { userId: string; at: number } };
}

/** The login is that of your app: its page, its session. In place of `passwordLogin`. */
export const hostSession = {
  plugin: hostLogin({
    url: '/login', // needed: your page; it sends the browser to `returnTo` afterwards
  } satisfies Every<HostLoginOptions>),
  accounts: given({
    ...accounts,
    // Who is logged in to your app, if anybody. `authTime` is when the password was given.
    fromRequest(req) {
      const { login } = (req as WithSession).session ?? {};
      const account = login && findUser(login.userId);
      return account && { account, authTime: login.at, amr: ['pwd'] };
    },
    // A logout at a client ends your session too.
    async endHostSession(req) {
      delete (req as WithSession).session?.login;
    },
  } satisfies Every<AccountsOptions<User>>),
};
// #endregion host-session
