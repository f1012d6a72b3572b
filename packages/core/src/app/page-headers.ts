import type { ServerResponse } from 'node:http';

/** What {@link pageHeaders} takes. */
export interface PageHeadersOptions {
  /** On the page's style element, and on its scripts if it has any. Fresh for every page; none for a reply without one. */
  readonly nonce?: string;
  /** URLs of the images on this page: the theme's logo, the client's logo. */
  readonly images?: readonly (string | undefined)[];
  /** Whether the page brings scripts of its own, marked with the nonce. Ours bring none. @default false */
  readonly scripts?: boolean;
}

/**
 * The security headers of a page for people. `Content-Type` is the caller's.
 *
 * What each is against:
 * - A policy without any source but the nonce: markup that slips in (a name, a logo, a renderer of the host's) runs nothing and
 *   loads nothing.
 * - `base-uri 'none'`: an injected `<base>` would send our forms, and passwords with them, elsewhere.
 * - `frame-ancestors 'none'`, and `X-Frame-Options` for old browsers: an invisible frame that makes people click Allow.
 * - `no-store`: the back button and shared caches would show a page with somebody's name and form token.
 * - `no-referrer`: the address of the page names the interaction; logos and links must not learn it.
 * - `Cross-Origin-Resource-Policy`: another site must not get the page into its process, where Spectre reads.
 *
 * What is missing on purpose:
 * - `form-action`. Chromium applies it to every redirect after the submit, so it stops the way back to the client, and no list
 *   can name the hops of a client that redirects further, or into an app. An injected form is kept out by escaping.
 * - `upgrade-insecure-requests`: it would turn the redirect to `http://127.0.0.1:…` of a native app into https.
 * - `Cross-Origin-Opener-Policy`: any other value than its default cuts a popup off from the page that opened it and waits for it.
 * - `Strict-Transport-Security`: it speaks for the whole host, which is not ours.
 */
export function pageHeaders(options: PageHeadersOptions): Readonly<Record<string, string>> {
  const { nonce, images = [], scripts = false } = options;
  const sources = imageSources(images);
  const policy = [
    "default-src 'none'",
    ...(nonce ? [`style-src 'nonce-${nonce}'`] : []),
    ...(nonce && scripts ? [`script-src 'nonce-${nonce}'`] : []),
    ...(sources.length > 0 ? [`img-src ${sources.join(' ')}`] : []),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}

// Set by the host's middleware for the host's pages. On ours they break the way back to the client, weaken the policy, keep
// the page in a cache, or let another origin read it with its form token.
const foreign = [
  'Content-Security-Policy-Report-Only',
  'Cross-Origin-Opener-Policy',
  'Cross-Origin-Opener-Policy-Report-Only',
  'Cross-Origin-Embedder-Policy',
  'Cross-Origin-Embedder-Policy-Report-Only',
  'Origin-Agent-Cluster',
  'ETag',
  'Last-Modified',
  'Expires',
  'Pragma',
  'Surrogate-Control',
  'CDN-Cache-Control',
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
];

/** Replaces what the host's middleware set by {@link pageHeaders}. Headers that are not about pages stay. */
export function applyPageHeaders(
  res: Pick<ServerResponse, 'setHeader' | 'removeHeader'>,
  options: PageHeadersOptions,
): void {
  for (const name of foreign) res.removeHeader(name);
  for (const [name, value] of Object.entries(pageHeaders(options))) res.setHeader(name, value);
}

// Only origins, and only of plain host names: the URL standard lets `;` and `,` stand in a host, and either would end the
// directive. A client chooses its own logo.
function imageSources(images: readonly (string | undefined)[]): string[] {
  const sources = images.flatMap((image) => {
    if (image === undefined) return [];
    if (image.startsWith('data:')) return ['data:'];
    if (!URL.canParse(image)) return ["'self'"];
    const { origin } = new URL(image);
    return /^https:\/\/[\w.:[\]-]+$/.test(origin) ? [origin] : [];
  });
  return [...new Set(sources)];
}
