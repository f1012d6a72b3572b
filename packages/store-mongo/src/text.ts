import { createHash } from 'node:crypto';

// BSON is UTF-8, which has no lone surrogates: the driver would store all of them as U+FFFD. They are stored as an escape, and so
// is the character that begins one: two strings never become the same.
const mark = '\u0001';
const odd: RegExp = new RegExp(`${mark}|\\p{Cs}`, 'u');
const everyOdd: RegExp = new RegExp(odd.source, 'gu');
const everyEscape: RegExp = new RegExp(`${mark}([0-9a-f]{4})`, 'g');

// Some engines bound what an index can hold. Nothing that is shorter begins with the sign of what was shortened.
const mostBytes = 512;
const shortened = '#';

/** Any string as text that BSON can hold. */
export function encodeText(text: string): string {
  if (!odd.test(text)) return text;
  const code = (one: string): string => one.charCodeAt(0).toString(16).padStart(4, '0');
  return text.replace(everyOdd, (one) => `${mark}${code(one)}`);
}

/** The string that {@link encodeText} was given. */
export function decodeText(text: string): string {
  if (!text.includes(mark)) return text;
  return text.replace(everyEscape, (_, code: string) => String.fromCharCode(Number(`0x${code}`)));
}

/** What stands in `_id` and in indexes for an id or the value of a key: itself, or a hash of it when it is long. */
export function comparableText(text: string): string {
  const encoded = encodeText(text);
  if (!encoded.startsWith(shortened) && Buffer.byteLength(encoded) <= mostBytes) return encoded;
  return shortened + createHash('sha256').update(text, 'utf16le').digest('base64url');
}

/** Whether {@link comparableText} gave a hash, from which the string does not come back. */
export function isShortened(comparable: string): boolean {
  return comparable.startsWith(shortened);
}
