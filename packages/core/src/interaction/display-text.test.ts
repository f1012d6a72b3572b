import { clientName, displayText } from './display-text.js';

describe('text that somebody else chose', () => {
  it.each([
    ['Acme\u202Eexe.nimda\u202C', 'Acmeexe.nimda'],
    ['a\u2066b\u2069c\u200Ed\u061C', 'abcd'],
    ['Acme\u200B\uFEFF\u2060', 'Acme'],
    ['A\0c\u0007m\u001Be', 'Acme'],
    ['one\r\n\ttwo\u2028three\u00a0 four', 'one two three four'],
    ['\u{E0041}\u{E0042}Acme', 'Acme'],
    ['👩\u200D🔬 Lab', '👩\u200D🔬 Lab'],
    ['می\u200Cخواهم', 'می\u200Cخواهم'],
    ['Cafe\u0301', 'Cafe\u0301'],
    ['', ''],
    ['\u202E \u200B', ''],
  ])('%j is shown as %j', (text, shown) => {
    expect(displayText(text)).toBe(shown);
  });

  it('is cut between characters, and a stack of accents is cut down', () => {
    expect(displayText('W'.repeat(10_000))).toBe(`${'W'.repeat(79)}…`);
    expect([...displayText('🐎'.repeat(10_000), 10)]).toHaveLength(10);
    expect(displayText(`e${'\u0301'.repeat(10_000)}`, 50)).toBe('e\u0301\u0301\u0301');
  });
});

describe('the name of a client', () => {
  it('is its id when the name cannot be read', () => {
    expect(clientName({ client_id: 'web' })).toBe('web');
    expect(clientName({ client_id: 'web', client_name: ' \u202E\u200B' })).toBe('web');
    expect(clientName({ client_id: 'web', client_name: ' Acme  Notes ' })).toBe('Acme Notes');
  });
});
