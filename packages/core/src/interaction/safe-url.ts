const linkSchemes = new Set(['https:', 'http:', 'mailto:', 'tel:']);

/**
 * The URL when a person may be offered it as a link: http(s), mail, phone, or a path on this origin. Nothing for anything else,
 * `javascript:` above all. `//host` is refused: it reads like a path and leads away.
 */
export function linkUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (isPath(url)) return url;
  const parsed = parse(url);
  return parsed !== undefined && linkSchemes.has(parsed.protocol) ? parsed.href : undefined;
}

/** The URL when it may be shown as an image: https, a path on this origin, or an image as `data:`. */
export function imageUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (isPath(url) || /^data:image\/[a-z0-9.+-]+[;,]/i.test(url)) return url;
  const parsed = parse(url);
  return parsed?.protocol === 'https:' ? parsed.href : undefined;
}

// Browsers drop tabs and newlines in URLs and read \ as /, so `/\t/evil.example` would be `//evil.example`.
function isPath(url: string): boolean {
  return /^\/(?![/\\])[^\s\\]*$/.test(url);
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
