import {
  black,
  contrast,
  luminance,
  mix,
  parseColor,
  readable,
  type Rgb,
  toHex,
  white,
} from './color.js';
import type { Theme } from './page.js';

/** The custom properties of one colour scheme, each `#rrggbb`. */
export type Palette = Readonly<Record<string, string>>;

/** The colours of a page in both schemes. A colour of the host's that cannot be read falls back to ours. */
export function themeColors(colors: Theme['colors'] = {}): { light: Palette; dark: Palette } {
  const read = (text: string | undefined): Rgb | undefined =>
    text === undefined ? undefined : parseColor(text);
  const accent = read(colors.accent);
  return {
    light: palette(accent ?? [46, 84, 204], read(colors.background) ?? [243, 244, 247]),
    dark: palette(
      read(colors.accentDark) ?? accent ?? [111, 143, 255],
      read(colors.backgroundDark) ?? [16, 18, 23],
    ),
  };
}

// Whatever the host picks, WCAG 2.2 AA holds: 4.5 for text (1.4.3), 3 for the outline of controls and the focus (1.4.11).
function palette(accent: Rgb, background: Rgb): Palette {
  // On anything lighter than a deep shade the card is white: white text would have too little contrast on it.
  const dark = luminance(background) < 0.05;
  const surface = mix(background, white, dark ? 0.055 : 0.9);
  const ink: Rgb = dark ? [236, 238, 243] : [24, 27, 34];
  const text = readable(ink, [surface], 7);
  const onAccent = contrast(white, accent) >= 4.5 ? white : black;
  const danger: Rgb = [200, 35, 51];
  const warning: Rgb = [176, 112, 0];
  const dangerSurface = mix(surface, danger, dark ? 0.18 : 0.07);
  const warningSurface = mix(surface, warning, dark ? 0.18 : 0.1);
  const noteSurface = mix(surface, accent, dark ? 0.16 : 0.07);
  const colors: Record<string, Rgb> = {
    background,
    surface,
    text,
    muted: readable(mix(text, surface, 0.36), [surface], 4.5),
    // The card is lighter than what it lies on, and for a strong background no text colour can be read on both.
    'page-text': readable(ink, [background], 4.5),
    'page-muted': readable(mix(ink, background, 0.36), [background], 4.5),
    border: mix(surface, text, 0.13),
    control: readable(mix(surface, text, 0.42), [surface], 3),
    hover: mix(surface, text, 0.06),
    accent,
    'accent-hover': mix(accent, onAccent === white ? black : white, 0.14),
    'accent-edge': readable(accent, [surface], 3),
    'on-accent': onAccent,
    link: readable(accent, [surface], 4.5),
    danger: readable(danger, [surface, dangerSurface], 4.5),
    'danger-surface': dangerSurface,
    warning: readable(warning, [surface, warningSurface], 4.5),
    'warning-surface': warningSurface,
    'note-surface': noteSurface,
    'on-tint': readable(text, [dangerSurface, warningSurface, noteSurface], 4.5),
  };
  return Object.fromEntries(Object.entries(colors).map(([name, color]) => [name, toHex(color)]));
}
