import { isPlainObject } from './is-plain-object.js';

const longest = 60;
// Direction marks and line separators would let a value rewrite the message around it.
const hidden = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const secretNames = /secret|passw|passphrase|token|private|credential|^(d|p|q|dp|dq|qi|k|oth)$/i;

/** Shows a value in a message: JSON-like, short, and without what may be secret in it. Never throws. */
export function showValue(value: unknown): string {
  try {
    const text = textOf(value, 0);
    return typeof value === 'string' || text.length <= longest
      ? text
      : `${text.slice(0, longest)}…`;
  } catch {
    return 'something that cannot be read';
  }
}

/** Shows only the type and length of a value that is secret, or may hold a secret. Never throws. */
export function showSecret(value: unknown): string {
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (value === undefined) return 'nothing';
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`;
    return value === null ? 'null' : nameOf(value);
  } catch {
    return 'something that cannot be read';
  }
}

/** Shows the name of an option, as it is or with quotes. */
export function showKey(key: string): string {
  return /^[A-Za-z_$][\w$-]{0,59}$/.test(key) ? key : quote(key, 200);
}

/** A string with quotes, on one line, without a password that it may hold as a URL. */
export function quote(text: string, length: number = longest): string {
  const harmless = text
    .slice(0, 10_000)
    .replace(/(:[/\\]*)[^/\\?#]*@/g, '$1…@')
    .slice(0, length);
  const line = JSON.stringify(harmless).replace(hidden, codeOf);
  return text.length > length ? `${line.slice(0, -1)}…"` : line;
}

/** A text in a message or the log, on one line and not too long. */
export function oneLine(text: string, length: number): string {
  const line = text.slice(0, length).replace(hidden, codeOf);
  return text.length > length ? `${line}…` : line;
}

function codeOf(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

function textOf(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return `${value}`;
  if (value === undefined) return 'nothing';
  if (typeof value !== 'object') return nameOf(value);
  if (Array.isArray(value)) {
    return depth > 1 ? '[…]' : `[${value.slice(0, 5).map((item) => textOf(item, depth + 1))}]`;
  }
  if (!isPlainObject(value)) return nameOf(value);
  return depth > 1
    ? '{…}'
    : `{${Object.entries(value).map((entry) => memberOf(entry, depth + 1))}}`;
}

function memberOf([key, value]: [string, unknown], depth: number): string {
  return `${quote(key)}:${secretNames.test(key) ? showSecret(value) : textOf(value, depth)}`;
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  if (name === 'Promise') return 'a promise, which must be awaited first';
  return typeof name === 'string' && name !== 'Object'
    ? `an object of type ${showKey(name)}`
    : 'an object';
}
