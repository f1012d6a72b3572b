import { comparableText } from './text.js';

// `/` and `=` end a part and never stand in one, so that two names never become the same. No kind begins with `=`.
const markerSign = '=';

/** A kind or key as a part of `_id`, and as a field name: no operator, no path, nothing that BSON treats in a special way. */
export function partOf(name: string): string {
  return encodeURIComponent(name).replace(/^_/, '%5F').replaceAll('.', '%2E');
}

/** The name that {@link partOf} was given. */
export function nameOf(part: string): string {
  return decodeURIComponent(part);
}

/** The `_id` of a record. */
export function recordId(kind: string, id: string): string {
  return `${partOf(kind)}/${comparableText(id)}`;
}

/** The `_id`s of all records of a kind lie between the two. */
export function boundsOf(kind: string): { readonly from: string; readonly to: string } {
  // '0' is the character after '/'.
  return { from: `${partOf(kind)}/`, to: `${partOf(kind)}0` };
}

/** What stands in the index for a key of a record. */
export function entryOf(kind: string, key: string, value: string): string {
  return entryStart(kind, key) + comparableText(value);
}

/** What the entries of a key begin with. */
export function entryStart(kind: string, key: string): string {
  return `${partOf(kind)}/${partOf(key)}=`;
}

/** The `_id` of the marker of a unique value. */
export function markerId(kind: string, key: string, value: string): string {
  return markerSign + entryOf(kind, key, value);
}

/** What the `_id`s of the markers of a key begin with. */
export function markerStart(kind: string, key: string): string {
  return markerSign + entryStart(kind, key);
}

/** Whether an `_id` is that of a marker. */
export function isMarkerId(id: string): boolean {
  return id.startsWith(markerSign);
}

/** Refuses what cannot name a kind or a key. */
export function checkName(name: string, path: string): void {
  if (name === '' || Buffer.byteLength(name) > 200 || /\p{Cs}/u.test(name)) {
    throw new TypeError(`${path} must be a name of 1 to 200 bytes`);
  }
}
