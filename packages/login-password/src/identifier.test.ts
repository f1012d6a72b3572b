import { normalizeIdentifier, usableIdentifier } from './identifier.js';

describe('an identifier', () => {
  it.each([
    ['Ada@Example.com', 'ada@example.com'],
    ['  ada ', 'ada'],
    ['Ａｄａ', 'ada'],
    ['Zoe\u0308', 'zo\u00eb'],
    ['ℋello', 'hello'],
  ])('%j has the one spelling %j', (typed, spelling) => {
    expect(normalizeIdentifier(typed)).toBe(spelling);
    expect(normalizeIdentifier(spelling)).toBe(spelling);
  });

  it('is nothing when it is empty or too long, before or after it grows', () => {
    const usable = (text: string) => usableIdentifier(text, normalizeIdentifier);
    expect(usable('   ')).toBeUndefined();
    expect(usable('a'.repeat(321))).toBeUndefined();
    expect(usable('\uFDFA'.repeat(300))).toBeUndefined();
    expect(usable('a'.repeat(320))).toHaveLength(320);
  });
});
