import { decodeText, encodeText } from './encode-text.js';

describe('encodeText', () => {
  it.each([
    ['', ''],
    ['a/b"\\é😀', 'a/b"\\é😀'],
    ['a\u0000b', 'a\u00010000b'],
    ['\u0001', '\u00010001'],
    ['\u00010000', '\u000100010000'],
    ['\u0001d800', '\u00010001d800'],
    ['\ufffd', '\ufffd'],
    ['\ud83d', '\u0001d83d'],
    ['\udc00\ud83d😀', '\u0001dc00\u0001d83d😀'],
  ])('writes %j as text that a database can hold, and reads it back', (text, encoded) => {
    expect(encodeText(text)).toBe(encoded);
    expect(encoded).not.toContain('\u0000');
    expect(Buffer.from(encoded).toString()).toBe(encoded);
    expect(decodeText(encoded)).toBe(text);
  });

  it('makes no two strings one', () => {
    const parts = ['\u0000', '\u0001', '0000', '0001', '\ud800', 'd800', 'a', ''];
    const strings = parts.flatMap((a) => parts.flatMap((b) => parts.map((c) => a + b + c)));
    expect(new Set(strings.map(encodeText)).size).toBe(new Set(strings).size);
    for (const text of strings) expect(decodeText(encodeText(text))).toBe(text);
  });
});
