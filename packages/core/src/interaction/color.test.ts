import { contrast, type Rgb, luminance, parseColor, readable, toHex, white } from './color.js';

describe('a colour', () => {
  it.each([
    ['#fff', '#ffffff'],
    [' #2E54CC ', '#2e54cc'],
    ['rgb(11 95 255)', '#0b5fff'],
    ['rgb(11, 95, 255)', '#0b5fff'],
    ['rgb(100% 0% 50%)', '#ff0080'],
    ['rgba(1, 2, 3, 1)', '#010203'],
    ['rgb(1 2 3 / 100%)', '#010203'],
    ['rgb(300 -5 0)', '#ff0000'],
    ['hsl(330 90% 60%)', '#f53d99'],
    ['hsl(-30deg, 50%, 50%)', '#bf4080'],
    ['hsl(0 0% 100%)', '#ffffff'],
    ['oklch(0.623 0.214 259.815)', '#2b7fff'],
    ['oklch(62.3% 53.5% 259.815deg)', '#2b7fff'],
    ['oklch(1 0 0)', '#ffffff'],
  ])('%j is %s', (text, hex) => {
    expect(toHex(parseColor(text) ?? [1, 2, 3])).toBe(hex);
  });

  it.each([
    'navy',
    'var(--x)',
    'rgb(1 2)',
    'rgb(1 2 3 / .5)',
    '#ffff',
    '#12345678',
    '#ggg',
    'rgb(a b c)',
    '',
    'red;}body{display:none',
    '#fff}</style><script>',
    `rgb(${'1'.repeat(400)} 0 0)x`,
  ])('%j is refused', (text) => {
    expect(parseColor(text)).toBeUndefined();
  });

  it('has the contrast of WCAG', () => {
    expect(contrast([0, 0, 0], white)).toBeCloseTo(21);
    expect(contrast([118, 118, 118], white)).toBeCloseTo(4.54, 2);
    expect(luminance(white)).toBeCloseTo(1);
  });

  it('is moved as far as reading needs, and not when it is fine', () => {
    const yellow: Rgb = [255, 212, 0];
    const moved = readable(yellow, [white], 4.5);
    expect(contrast(moved, white)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(moved, white)).toBeLessThan(6);
    expect(readable([0, 0, 128], [white], 4.5)).toEqual([0, 0, 128]);
  });
});
