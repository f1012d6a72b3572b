import { hashOf, randomId } from '../secrets.js';
import { longCookie } from './cookie-names.js';

/** The cookies of a request and of its answer. */
export interface Cookies {
  get(name: string, options: { signed: false }): string | undefined;
  set(name: string, value: string, options: object): unknown;
}

/** Knows a browser again in which somebody logged in. */
export interface LoginBrowser {
  /** Gives the browser the cookie, or more time with the one that it has: for as long as an interaction that begins now. */
  greet(cookies: Cookies): void;
  /** What a login is marked with in this browser, which gets the cookie if it has none. */
  mark(cookies: Cookies): string;
  isMarked(cookies: Cookies, mark: unknown): boolean;
}

/**
 * Ties a login to the browser that it happened in, until its session is there.
 *
 * Threat: a neighbouring subdomain plants the cookies of an interaction that its own browser has too, and leads a person to that
 * page. The person logs in there, and the neighbour takes the way back. No neighbour can plant or read a `__Host-` cookie
 * (RFC 6265bis §4.1.3.2), so this one tells the two browsers apart where the cookies of an interaction do not. On `http:` there is
 * no such name.
 */
export function loginBrowser(name: string, secure: boolean, seconds: number): LoginBrowser {
  const readValue = (cookies: Cookies): string | undefined => {
    const value = cookies.get(name, { signed: false });
    // As we make them: whatever else is there is not ours.
    return value !== undefined && /^[\w-]{32}$/.test(value) ? value : undefined;
  };
  const give = (cookies: Cookies, value: string): string => {
    const options = { ...longCookie(secure), signed: false, overwrite: true };
    cookies.set(name, value, { ...options, maxAge: seconds * 1000 });
    return value;
  };
  return {
    greet: (cookies) => void give(cookies, readValue(cookies) ?? randomId()),
    mark: (cookies) => hashOf(readValue(cookies) ?? give(cookies, randomId())),
    isMarked(cookies, mark) {
      const value = readValue(cookies);
      return value !== undefined && hashOf(value) === mark;
    },
  };
}
