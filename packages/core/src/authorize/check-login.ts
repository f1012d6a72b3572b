import { types } from 'node:util';
import { showSecret } from '../show-value.js';

/** When and how somebody logged in, as the host or a login method says it. */
export interface LoginFacts {
  /** Epoch second. */
  readonly authTime?: number;
  readonly amr?: readonly string[];
  readonly acr?: string;
}

// OpenID Connect Core §2: a subject is at most 255 ASCII characters. NUL and control characters have no place in an id.
const accountIdSyntax = /^[\x20-\x7e]{1,255}$/;

// Clocks differ by minutes; a time zone is a quarter of an hour at least.
const skewSeconds = 300;
const daySeconds = 86_400;

/**
 * Checks the id of an account. `begin` is how the message begins, up to what the id must be.
 *
 * @throws {TypeError} which never shows the value
 */
export function checkAccountId(value: unknown, begin: string): string {
  if (typeof value === 'string' && accountIdSyntax.test(value)) return value;
  throw new TypeError(`${begin} 1 to 255 printable ASCII characters, got ${showSecret(value)}`);
}

/**
 * Checks a time that the host gave, which may be a day ahead at most: milliseconds are thousands of years.
 *
 * @throws {TypeError}
 */
export function checkEpochSecond(value: unknown, now: number, begin: string): number {
  return checkTime(value, now + daySeconds, begin, 'a day');
}

/**
 * Checks the time of a login, and returns it in whole seconds, which is what tokens tell. Threat: one that is ahead, by a time zone or in
 * milliseconds, is later than whatever it is compared with, and neither `max_age` nor a logout everywhere would count.
 *
 * @throws {TypeError}
 */
export function checkAuthTime(value: unknown, source: string, now: number): number {
  const begin = `${source}: "authTime" must be the epoch second of the login`;
  return Math.floor(checkTime(value, now + skewSeconds, begin, 'five minutes'));
}

function checkTime(value: unknown, latest: number, begin: string, bound: string): number {
  const isTime = typeof value === 'number' && value >= 0;
  if (isTime && value <= latest) return value;
  const far = isTime ? `, which is more than ${bound} ahead` : '';
  throw new TypeError(`${begin}, got ${shown(value)}${far}. ${fixFor(value)}`);
}

function fixFor(value: unknown): string {
  if (types.isDate(value)) return 'Write Math.floor(date.getTime() / 1000).';
  // Of this size it is milliseconds, whatever the clock says.
  if (typeof value === 'number' && value > 1e11) return 'Write Math.floor(ms / 1000).';
  return 'Write a number: seconds since 1970, in UTC.';
}

/**
 * Checks when and how somebody logged in, and returns that alone. `source` is who says it.
 *
 * @throws {TypeError}
 */
export function checkLoginFacts(login: object, source: string, now: number): LoginFacts {
  const { authTime, amr, acr } = login as Readonly<Record<keyof LoginFacts, unknown>>;
  const seconds = given(authTime, (value) => checkAuthTime(value, source, now));
  const methods = given(amr, (value) => checkMethods(value, source));
  const context = given(acr, (value) => checkContext(value, source));
  return {
    ...(seconds === undefined ? {} : { authTime: seconds }),
    ...(methods === undefined ? {} : { amr: methods }),
    ...(context === undefined ? {} : { acr: context }),
  };
}

function given<Value>(value: unknown, check: (value: unknown) => Value): Value | undefined {
  return value === undefined || value === null ? undefined : check(value);
}

function checkMethods(value: unknown, source: string): readonly string[] {
  const fix = "Write it like ['pwd'].";
  // A text would be taken apart into its letters.
  if (!Array.isArray(value)) {
    const what = showSecret(value);
    throw new TypeError(`${source}: "amr" must be an array of method names, got ${what}. ${fix}`);
  }
  const wrong = value.findIndex((name) => typeof name !== 'string' || name === '');
  if (wrong === -1) return [...(value as string[])];
  const what = showSecret(value[wrong]);
  throw new TypeError(`${source}: "amr[${wrong}]" must be a method name, got ${what}. ${fix}`);
}

function checkContext(value: unknown, source: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(
    `${source}: "acr" must be the name of a context class, got ${showSecret(value)}. Write it like 'urn:acme:mfa'.`,
  );
}

// A number is a time and no secret. A text may be anything.
function shown(value: unknown): string {
  if (typeof value === 'number') return `${value}`;
  return types.isDate(value) ? 'a Date' : showSecret(value);
}
