/** Red, green, blue, each 0 to 255. */
export type Rgb = readonly [number, number, number];

/** White, the lightest a colour can be moved to. */
export const white: Rgb = [255, 255, 255];
/** Black, the darkest a colour can be moved to. */
export const black: Rgb = [0, 0, 0];

/**
 * Reads an opaque CSS colour written as `#rgb`, `#rrggbb`, `rgb()`, `hsl()` or `oklch()`. Nothing for every other notation: their
 * contrast cannot be computed here, so a page must not use them.
 */
export function parseColor(text: string): Rgb | undefined {
  const color = text.trim().toLowerCase();
  if (/^#[0-9a-f]{3}$/.test(color)) return parseHex(color.replace(/[0-9a-f]/g, '$&$&'));
  if (/^#[0-9a-f]{6}$/.test(color)) return parseHex(color);
  const [, name, inner = ''] = /^(rgb|hsl|oklch)a?\(([^()]*)\)$/.exec(color) ?? [];
  const parts = inner.trim().split(/[\s,/]+/);
  const alpha = parts.length === 4 ? parts.pop() : '1';
  if (parts.length !== 3 || (alpha !== '1' && alpha !== '100%')) return undefined;
  switch (name) {
    case 'rgb':
      return known([number(parts[0], 255), number(parts[1], 255), number(parts[2], 255)]);
    case 'hsl':
      return known(fromHsl(number(parts[0]), number(parts[1], 1), number(parts[2], 1)));
    case 'oklch':
      return known(fromOklch(number(parts[0], 1), number(parts[1], 0.4), number(parts[2])));
    default:
      return undefined;
  }
}

/** The colour as `#rrggbb`: the only form in which a colour reaches a stylesheet. */
export function toHex(color: Rgb): string {
  return `#${color.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}

/** The colour between two: `share` 0 is the first, 1 the second. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (index: 0 | 1 | 2): number =>
    Math.round(from[index] + (to[index] - from[index]) * share);
  return [at(0), at(1), at(2)];
}

/** Relative luminance, 0 for black to 1 for white (WCAG 2.2). */
export function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio, 1 to 21 (WCAG 2.2). */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

/** Moves a colour towards black or white, as little as gives it the contrast `ratio` on every one of `backgrounds`. */
export function readable(color: Rgb, backgrounds: readonly Rgb[], ratio: number): Rgb {
  const worst = (candidate: Rgb): number =>
    Math.min(...backgrounds.map((background) => contrast(candidate, background)));
  const target = worst(black) > worst(white) ? black : white;
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(color, target, share);
    if (worst(candidate) >= ratio) return candidate;
  }
  return target;
}

function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

// `whole` is what 100% stands for; a plain number is itself, as are degrees.
function number(text: string | undefined, whole = 1): number {
  const [, digits, unit] = /^([+-]?(?:\d+\.?\d*|\.\d+))(%|deg)?$/.exec(text ?? '') ?? [];
  return digits === undefined
    ? Number.NaN
    : unit === '%'
      ? (Number(digits) * whole) / 100
      : Number(digits);
}

function known(color: Rgb): Rgb | undefined {
  if (color.some(Number.isNaN)) return undefined;
  const [red, green, blue] = color.map((value) => Math.round(clamp(value, 255)));
  return [red ?? 0, green ?? 0, blue ?? 0];
}

function clamp(value: number, highest: number): number {
  return Math.min(highest, Math.max(0, value));
}

function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const [s, l] = [clamp(saturation, 1), clamp(lightness, 1)];
  const at = (offset: number): number => {
    const turn = (((offset + hue / 30) % 12) + 12) % 12;
    return 255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(turn - 3, 9 - turn, 1)));
  };
  return [at(0), at(8), at(4)];
}

// The matrices are Oklab's own (CSS Color 4 §9.2): to cone responses, then to linear sRGB.
function fromOklch(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const encode = (linear: number): number =>
    255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
  return [
    encode(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    encode(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    encode(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}
