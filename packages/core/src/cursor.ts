/**
 * The cursor of the page after a place, which is any string by which the store finds it again: most often an id.
 *
 * @group store
 */
export function cursorOf(place: string): string {
  return `after-${Buffer.from(place, 'utf16le').toString('base64url')}`;
}

/**
 * The place that {@link cursorOf} was given. Anybody can make a cursor: the place may be none of the store's.
 *
 * @throws {TypeError} when the cursor has another form.
 * @group store
 */
export function readCursor(cursor: string): string {
  const place = Buffer.from(cursor.slice('after-'.length), 'base64url').toString('utf16le');
  if (cursorOf(place) !== cursor) throw new TypeError('cursor is not one that list returned');
  return place;
}
