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

// Clocks and time zones differ by less. Milliseconds are thousands of years ahead.
const farthestSeconds = 86_400;

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
 * Checks a time that the host gave. Threat: in milliseconds a login is always later than whatever it is compared with, and neither
 * `max_age` nor a logout everywhere would ever count.
 *
 * @throws {TypeError}
 */
export function checkEpochSecond(value: unknown, now: number, begin: string): number {
  const isTime = typeof value === 'number' && Number.isFinite(value) && value >= 0;
  if (isTime && value <= now + farthestSeconds) return value;
  const far = isTime ? ', which is more than a day ahead' : '';
  const fix = types.isDate(value) ? 'Math.floor(date.getTime() / 1000)' : 'Math.floor(ms / 1000)';
  throw new TypeError(`${begin}, got ${shown(value)}${far}. Write ${fix}.`);
}

/** Checks the time of a login, and returns it in whole seconds, which is what tokens tell. */
export function checkAuthTime(value: unknown, source: string, now: number): number {
  const begin = `${source}: "authTime" must be the epoch second of the login`;
  return Math.floor(checkEpochSecond(value, now, begin));
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
