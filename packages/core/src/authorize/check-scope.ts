import type { Check } from '../check.js';

const name = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Whether a text is one scope name (RFC 6749 §3.3). */
export function isScopeName(value: string): boolean {
  return name.test(value);
}

/** Checks a client's ceiling and returns it without repetitions. */
export const checkScope: Check<string> = (value, at) => {
  if (typeof value !== 'string' || !value.split(' ').every(isScopeName)) {
    return at.problem(
      `must be scope names with one space between, got ${at.show(value)}. Write it like "notes:read notes:write".`,
    );
  }
  return [...new Set(value.split(' '))].join(' ');
};
