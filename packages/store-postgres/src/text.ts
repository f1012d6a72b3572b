// PostgreSQL refuses U+0000 in text, and UTF-8 has no lone surrogates. Both are stored as an escape, and so is the character that
// begins one: two strings never become the same.
const mark = '\u0001';
const odd: RegExp = new RegExp(`[\\0${mark}]|\\p{Cs}`, 'u');
const everyOdd: RegExp = new RegExp(odd.source, 'gu');
const everyEscape: RegExp = new RegExp(`${mark}([0-9a-f]{4})`, 'g');

/** Any string as text that PostgreSQL can hold. */
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

/** Whether a name can stand in SQL and JSON as it is. */
export function isPlainText(text: string): boolean {
  return !odd.test(text);
}

/** Refuses what cannot name a kind or a key: names stand in the SQL of indexes and statements. */
export function checkName(name: string, path: string): void {
  if (!isPlainText(name) || Buffer.byteLength(name) > 200) {
    throw new TypeError(`${path} must be a name of at most 200 bytes without control characters`);
  }
}

/** A string as a literal of SQL, whatever `standard_conforming_strings` says. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}
