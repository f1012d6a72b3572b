import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccountView } from '../interaction/view.js';

type Awaitable<T> = T | Promise<T>;

/** What the host's own login session says about a request. */
export interface HostLogin<Account> {
  readonly account: Account;
  /** Epoch second of the login, not milliseconds: `Math.floor(ms / 1000)`. */
  readonly authTime: number;
  /** Authentication method references (RFC 8176). */
  readonly amr?: readonly string[];
  readonly acr?: string;
}

/** How Gatehouse reaches the host's accounts. It stores none. */
export interface AccountsOptions<Account> {
  /** The account, or nothing when it does not exist or is deactivated. */
  find(id: string): Awaitable<Account | null | undefined>;
  /** The stable id: the `sub` of tokens. At most 255 characters. */
  id(account: NoInfer<Account>): string;
  /** What the person recognises themselves by, on the consent page. @default the id */
  label?(account: NoInfer<Account>): string;
  /**
   * Epoch second, not a `Date` and not milliseconds; logins before it are void (password change, log out everywhere). Nothing: all count.
   */
  sessionsValidFrom?(account: NoInfer<Account>): Awaitable<number | null | undefined>;
  /** Makes the host's own session the login. Runs at the authorization endpoint, after the host's session middleware. */
  fromRequest?(req: IncomingMessage): Awaitable<HostLogin<NoInfer<Account>> | null | undefined>;
  /**
   * Ends the host's own session: a person logs out at a client of OpenID Connect, and without it `fromRequest` would sign them in again
   * at once. It changes the session and its cookie, and leaves the answer to Gatehouse. While it fails nobody is told that they are
   * logged out.
   */
  endHostSession?(req: IncomingMessage, res: ServerResponse): Awaitable<void>;
}

/** Accounts as the server and plugins use them. */
export interface AccountDirectory {
  /** Nothing when the account is gone or deactivated. */
  find(accountId: string): Promise<unknown>;
  /** The account, if it is there and a login at this epoch second still counts. */
  findLoggedIn(accountId: string, authTime: number): Promise<unknown>;
  /** Checks and returns the id of an account object. */
  idOf(account: unknown): string;
  view(account: unknown): AccountView;
  /** Whether a login at this epoch second still counts. */
  isLoginValid(account: unknown, authTime: number): Promise<boolean>;
  /** The host's own login, when `accounts.fromRequest` is set. */
  fromRequest?(req: IncomingMessage): Promise<HostLogin<unknown> | undefined>;
  /** Ends it, when `accounts.endHostSession` is set. */
  endHostSession?(req: IncomingMessage, res: ServerResponse): Promise<void>;
}
