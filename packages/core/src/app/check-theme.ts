import { type Check, type Checks, list, object, required, text } from '../check.js';
import { parseColor } from '../interaction/color.js';
import type { Theme } from '../interaction/page.js';
import { imageUrl, linkUrl } from '../interaction/safe-url.js';

type ColorOptions = NonNullable<Theme['colors']>;
type LinkOptions = NonNullable<Theme['links']>[number];

const unclean = /[\s\\\p{Cc}"'<>]/u;

// The pages compute contrasts and write a colour into their stylesheet as hex, so it must be one that they can read.
const checkColor: Check<string> = (value, at) =>
  typeof value === 'string' && parseColor(value)
    ? value
    : at.problem(
        `must be an opaque colour as #rrggbb, rgb(), hsl() or oklch(), got ${at.show(value)}.`,
      );

const checkLogo: Check<string> = (value, at) =>
  typeof value === 'string' && imageUrl(value) && !unclean.test(value)
    ? value
    : at.problem(
        `must be an https: URL, a path like "/logo.svg" or a data:image/ URL, got ${at.show(value)}.`,
      );

const checkLink: Check<string> = (value, at) =>
  typeof value === 'string' && linkUrl(value) && !unclean.test(value)
    ? value
    : at.problem(`must be an https: URL or a path like "/imprint", got ${at.show(value)}.`);

const colors = {
  accent: checkColor,
  accentDark: checkColor,
  background: checkColor,
  backgroundDark: checkColor,
} satisfies Checks<ColorOptions>;

const link = {
  label: required(text, 'Set it to the words of the link.'),
  url: required(checkLink, 'Set it to where the link leads.'),
} satisfies Checks<LinkOptions>;

const theme = {
  name: text,
  logo: checkLogo,
  colors: object(colors),
  links: list(object(link), '[{ label: …, url: … }]'),
} satisfies Checks<Partial<Theme>>;

/** Checks the looks of the pages. */
export const checkTheme: Check<Partial<Theme>> = (value, at) =>
  object(theme)(value, at) as Partial<Theme> | undefined;
