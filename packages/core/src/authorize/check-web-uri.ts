import { parseUrl } from '../app/parse-url.js';
import type { Check } from '../check.js';
import { isLoopback } from './clients.js';

/** Checks a link that people follow: https:, or http: on a loopback address. */
export const checkWebUri: Check<string> = (value, at) => {
  const url = parseUrl(value);
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  return isSafe &&
    !url.username &&
    !url.password &&
    /^https?:\/\/[^\s\\\p{Cc}]+$/iu.test(String(value))
    ? String(value)
    : at.problem(`must be an https: URL, got ${at.show(value)}.`);
};
