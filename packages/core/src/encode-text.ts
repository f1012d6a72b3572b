// Databases refuse U+0000, and UTF-8 has no lone surrogates: a driver would store all of them as U+FFFD. Both are stored as an escape,
// and so is the character that begins one: two strings never become the same.
const mark = '\u0001';
const odd: RegExp = new RegExp(`[\\0${mark}]|\\p{Cs}`, 'u');
const everyOdd: RegExp = new RegExp(odd.source, 'gu');
const everyEscape: RegExp = new RegExp(`${mark}([0-9a-f]{4})`, 'g');

/**
 * Any string as text that a database can hold: without U+0000, and the same after UTF-8. No two strings give one text.
 *
 * @group store
 */
export function encodeText(text: string): string {
  if (!odd.test(text)) return text;
  const code = (one: string): string => one.charCodeAt(0).toString(16).padStart(4, '0');
  return text.replace(everyOdd, (one) => `${mark}${code(one)}`);
}

/**
 * The string that {@link encodeText} was given.
 *
 * @group store
 */
export function decodeText(text: string): string {
  if (!text.includes(mark)) return text;
  return text.replace(everyEscape, (_, code: string) => String.fromCharCode(Number(`0x${code}`)));
}
