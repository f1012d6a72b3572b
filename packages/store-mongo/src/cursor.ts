import { checkString } from '@gatehouse/core';

const start = 'after-';

/** Where a page ended, for the next one. */
export function cursorOf(_id: string): string {
  return start + Buffer.from(_id).toString('base64url');
}

/** The `_id` that a cursor holds, which must be of the kind that is listed. */
export function idAfter(cursor: unknown, prefix: string): string {
  checkString(cursor, 'cursor');
  const _id = Buffer.from(cursor.slice(start.length), 'base64url').toString();
  if (cursorOf(_id) !== cursor || !_id.startsWith(prefix)) {
    throw new TypeError('cursor is not one that list returned');
  }
  return _id;
}
