import { cursorOf, readCursor } from './cursor.js';

describe('readCursor', () => {
  it.each(['', 'a', '1', 'a/b"é😀', '\u0000', '\ud83d', 'x'.repeat(10_000)])(
    'gives the place %j back, from characters of a URL',
    (place) => {
      const cursor = cursorOf(place);
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(readCursor(cursor)).toBe(place);
    },
  );

  it.each([
    '',
    'after',
    'after-a',
    'after-YQ',
    'after-YQA=',
    'after-YQ A',
    'beforeYQA',
    'after-YQAA',
  ])('refuses %j', (cursor) => {
    const refusal = new TypeError('cursor is not one that list returned');
    expect(() => readCursor(cursor)).toThrow(refusal);
  });
});
