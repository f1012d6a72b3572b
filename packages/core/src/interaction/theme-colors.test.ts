import { contrast, parseColor, type Rgb, toHex } from './color.js';
import { type Palette, themeColors } from './theme-colors.js';

const of = (palette: Palette, name: string): Rgb => parseColor(palette[name] ?? '') ?? [0, 0, 0];

// A grid over all colours, since a host may pick any.
const steps = [0, 64, 128, 192, 255];
const grid = steps.flatMap((r) => steps.flatMap((g) => steps.map((b) => toHex([r, g, b]))));

function weakest(palette: Palette): Record<string, number> {
  const on = (name: string, ...backgrounds: string[]): number =>
    Math.min(
      ...backgrounds.map((background) => contrast(of(palette, name), of(palette, background))),
    );
  return {
    text: on('text', 'surface', 'hover'),
    muted: on('muted', 'surface'),
    link: on('link', 'surface'),
    'page-text': on('page-text', 'background'),
    'page-muted': on('page-muted', 'background'),
    'on-accent': on('on-accent', 'accent', 'accent-hover'),
    'on-tint': on('on-tint', 'note-surface', 'danger-surface', 'warning-surface'),
    // Not text: outlines of controls and the focus ring.
    control: on('control', 'surface') + 1.5,
    'accent-edge': on('accent-edge', 'surface') + 1.5,
  };
}

describe('the colours of a page', () => {
  it('can be read with every accent, in both schemes', () => {
    for (const accent of grid) {
      for (const palette of Object.values(themeColors({ accent }))) {
        for (const [name, ratio] of Object.entries(weakest(palette))) {
          if (ratio < 4.5) throw new Error(`${name} has ${ratio} with accent ${accent}`);
        }
      }
    }
  });

  it('can be read on every background', () => {
    for (const background of grid) {
      const { light } = themeColors({ background });
      for (const [name, ratio] of Object.entries(weakest(light))) {
        if (ratio < 4.5) throw new Error(`${name} has ${ratio} on ${background}`);
      }
    }
  });

  it('are the host’s where they can be read from its text, else ours', () => {
    const given = themeColors({ accent: 'rgb(200 0 0)', accentDark: '#f88' });
    expect(given.light.accent).toBe('#c80000');
    expect(given.dark.accent).toBe('#ff8888');
    expect(themeColors({ accent: '#c80000' }).dark.accent).toBe('#c80000');
    expect(themeColors({ accent: 'url(x)', background: 'navy' })).toEqual(themeColors());
  });

  it('never hold anything but #rrggbb', () => {
    const { light, dark } = themeColors({ accent: '#fff', background: 'red}</style>' });
    for (const value of [...Object.values(light), ...Object.values(dark)]) {
      expect(value).toMatch(/^#[0-9a-f]{6}$/);
    }
  });
});
