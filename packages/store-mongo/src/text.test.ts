import { boundsOf, entryOf, isMarkerId, markerId, partOf, recordId } from './names.js';
import { comparableText, isShortened } from './text.js';

const loneSurrogate = '\ud800';

describe('comparableText', () => {
  it('leaves what is short, and hashes what an index may not hold', () => {
    expect(comparableText('a.b$')).toBe('a.b$');
    const long = comparableText('x'.repeat(1_000_000));
    expect(long).toHaveLength(44);
    expect(isShortened(long)).toBe(true);
  });

  it('never makes two strings the same', () => {
    const x = 'x'.repeat(512);
    const texts = [x, `${x}x`, `${x}y`, '#', `#${x}`, '', loneSurrogate, '\udfff', '\ufffd'];
    const all = [...texts, ...texts.map(comparableText)];
    expect(new Set(all.map(comparableText)).size).toBe(new Set(all).size);
  });
});

describe('the names of documents', () => {
  it('keep kind, key and value apart', () => {
    const names = [
      recordId('a', 'b/c'),
      recordId('a/b', 'c'),
      entryOf('a', 'b', 'c=d'),
      entryOf('a', 'b=c', 'd'),
      entryOf('a/b', 'c', 'd'),
      recordId('=a', 'b'),
      markerId('a', 'b', 'c'),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter(isMarkerId)).toEqual(['=a/b=c']);
  });

  it('of a kind lie between its bounds, and no others', () => {
    const { from, to } = boundsOf('Token');
    for (const id of ['', ' ', 'a', '\uffff', '😀']) {
      const name = recordId('Token', id);
      expect(name >= from && name < to).toBe(true);
    }
    const others = [recordId('Token2', 'a'), recordId('Toke', 'n'), recordId('Token.', 'a')];
    for (const name of [...others, markerId('Token', 'a', 'b')]) {
      expect(name >= from && name < to).toBe(false);
    }
  });

  it.each(['__proto__', '$gt', 'a.b', '_bsontype', 'a b', 'ß'])(
    'hold the key %j as a field that is no path, no operator and nothing of BSON',
    (key) => {
      expect(partOf(key)).toMatch(/^[^_$.][^$.]*$/);
      expect(decodeURIComponent(partOf(key))).toBe(key);
    },
  );
});
