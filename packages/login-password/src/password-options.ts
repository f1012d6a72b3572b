import type { IncomingMessage } from 'node:http';
import { didYouMean, type OptionProblem, showValue } from '@gatehouse/core';
import type { HashCost } from './argon2-hasher.js';
import type { HashQueueOptions } from './hash-queue.js';
import type { LoginLimitsOptions } from './login-limits.js';

/** What a host's own check of a password gets. */
export interface Credentials {
  /** As it was typed, without the spaces around it. */
  readonly identifier: string;
  /** As it was typed. */
  readonly password: string;
  readonly req: IncomingMessage;
}

/** The field in which people say who they are. */
export interface IdentifierOptions {
  /** @default 'Email or username' */
  label?: string;
  /** `email` lets the browser insist on an address. @default 'text' */
  type?: 'text' | 'email' | 'tel';
  /** HTML autofill token. @default 'username' */
  autocomplete?: string;
  /** The keyboard on phones. @default 'email' */
  inputmode?: 'text' | 'email' | 'tel' | 'numeric';
  /**
   * Makes one spelling of many. With `verify`, limits count by it: it must put together whatever your own lookup puts together,
   * else a guesser gets a fresh count for every spelling.
   * @default NFKC, outer spaces removed, lower case
   */
  normalize?: (identifier: string) => string;
}

/** How managed passwords are hashed, with argon2id. */
export interface HashingOptions {
  /** @default 19456 (19 MiB, OWASP) */
  memoryKiB?: number;
  /** @default 2 */
  iterations?: number;
  /** Lanes. @default 1 */
  parallelism?: number;
  /** Hashes at the same time, in this process. Each takes a thread of libuv's four, and its memory. @default 2 */
  parallel?: number;
  /** Logins that may wait for their turn; more are told to come back. @default 64 */
  waiting?: number;
  /** Shortest new password, in characters. Logging in with a shorter old one goes on. @default 8 */
  minLength?: number;
}

/** How password login works. `Account` is what `verify` returns, unless it returns ids. */
export interface PasswordLoginOptions<Account = never> {
  /**
   * Your own check: the account or its id, or nothing. Do the same work for an unknown identifier as for a wrong password.
   * @default Gatehouse keeps the passwords: `auth.passwords.set(accountId, identifier, password)`
   */
  verify?: (
    credentials: Credentials,
  ) => Account | string | null | undefined | Promise<Account | string | null | undefined>;
  /** Says in so many words that there is no `verify`, and that Gatehouse keeps the passwords. */
  managed?: true;
  identifier?: IdentifierOptions;
  /** Below the button: your page for a forgotten password, for a new account. */
  links?: readonly { readonly label: string; readonly url: string }[];
  /** `false` when something before the app limits guessing. Production asks for the waiver `unlimited-login` then. */
  limits?: LoginLimitsOptions | false;
  /** For managed passwords. */
  hashing?: HashingOptions;
  /**
   * What a login by password counts as: the `acr` of its ID and access tokens (OpenID Connect Core §2). Name it in
   * `openidConnect({ acr: [ … ] })` too, so that clients can read that it exists.
   *
   * @default none
   */
  acr?: string;
}

/** Longest password, in UTF-16 units. More is refused before any work: a megabyte is no password. */
export const longestPassword = 1024;

/** The hashing options with their defaults. */
export function resolveHashing(options: HashingOptions = {}): {
  readonly cost: HashCost;
  readonly queue: HashQueueOptions;
  readonly minLength: number;
} {
  const { memoryKiB = 19_456, iterations = 2, parallelism = 1 } = options;
  const { parallel = 2, waiting = 64, minLength = 8 } = options;
  return {
    cost: { memoryKiB, iterations, parallelism },
    queue: { parallel, waiting },
    minLength,
  };
}

const optionNames = ['verify', 'managed', 'identifier', 'links', 'limits', 'hashing', 'acr'];

/** What is wrong with the options, each with its fix. */
export function checkPasswordOptions(options: PasswordLoginOptions<unknown>): OptionProblem[] {
  const problems: OptionProblem[] = [];
  const problem = (path: string, message: string): void => {
    problems.push({ path: `passwordLogin.${path}`, message });
  };
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name))
      problem(
        name,
        `is not an option.${didYouMean(name, optionNames) || ` Use ${optionNames.join(', ')}.`}`,
      );
  }
  if (options.verify !== undefined && typeof options.verify !== 'function') {
    problem('verify', `must be a function, got ${typeof options.verify}.`);
  }
  if (options.verify && options.managed) {
    problem('managed', 'contradicts "verify". Remove one: with "verify" the passwords are yours.');
  }
  if (options.verify && options.hashing) {
    problem('hashing', 'is for managed passwords. Remove it, or remove "verify".');
  }
  const { acr } = options;
  // OpenID Connect Core §3.1.2.1: `acr_values` are parted by spaces, so a client could never ask for one that has some.
  if (acr !== undefined && (typeof acr !== 'string' || !/^\S+$/.test(acr))) {
    problem(
      'acr',
      `must be one name without spaces, such as "urn:acme:password", got ${showValue(acr)}.`,
    );
  }
  const { cost, queue, minLength } = resolveHashing(options.hashing);
  for (const [name, value] of Object.entries({ ...cost, ...queue, minLength })) {
    if (!Number.isInteger(value) || value < (name === 'waiting' ? 0 : 1)) {
      problem(`hashing.${name}`, `must be a whole number, at least 1, got ${String(value)}.`);
    }
  }
  // OWASP's equal choices run from 46 MiB with one pass to 7 MiB with five. All of them are at least this much work.
  if (cost.memoryKiB < 7168 || cost.memoryKiB * cost.iterations < 35_840) {
    problem(
      'hashing',
      `is too cheap: memoryKiB ${cost.memoryKiB}, iterations ${cost.iterations}. Use 19456 and 2 or more.`,
    );
  }
  return problems;
}
