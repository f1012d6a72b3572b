import { encodeText } from '@gatehouse/core';

/** Whether a name can stand in SQL and JSON as it is. */
export function isPlainText(text: string): boolean {
  return encodeText(text) === text;
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
