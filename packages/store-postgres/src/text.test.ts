import { isPlainText, literal } from './text.js';

describe('isPlainText', () => {
  it.each([
    ['grantId', true],
    ['😀', true],
    ['a\u0000', false],
    ['\ud83d', false],
  ])('says of %j: %j', (text, plain) => {
    expect(isPlainText(text)).toBe(plain);
  });
});

describe('literal', () => {
  it.each([
    ['grantId', "'grantId'"],
    ["it's", "'it''s'"],
    ["\\'", " E'\\\\'''"],
  ])('quotes %j as %j', (text, quoted) => {
    expect(literal(text)).toBe(quoted);
  });
});
