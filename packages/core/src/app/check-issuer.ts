import { isLoopback } from '../authorize/clients.js';
import type { Check } from '../check.js';
import { quote } from '../show-value.js';
import { parseUrl } from './parse-url.js';

/** The issuer, and what follows from it. */
export interface Issuer {
  readonly issuer: string;
  readonly origin: string;
  readonly mountPath: string;
  readonly secure: boolean;
}

const simplePath = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/;

/**
 * Checks the issuer identifier. Plain http: is for a loopback address outside production.
 *
 * @see [RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414.html#section-2)
 */
export function checkIssuer(production: boolean): Check<Issuer> {
  return (value, at) => {
    const given = at.show(value);
    const url = parseUrl(value);
    if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(String(value))) {
      return at.problem(
        `must be an absolute https: URL, got ${given}. Write it like "https://acme.example/auth".`,
      );
    }
    const mountPath = url.pathname.replace(/\/+$/, '');
    const issuer = url.origin + mountPath;
    if (value !== issuer) {
      const flaw = flawOf(String(value), url);
      return at.problem(`must not have ${flaw}, got ${given}. Write ${quote(issuer, 200)}.`);
    }
    if (!simplePath.test(mountPath)) {
      return at.problem(
        `must have a simple path, got ${given}. Use letters, digits and "-._~", and start no part of it with a dot.`,
      );
    }
    const secure = url.protocol === 'https:';
    if (!secure && (production || !isLoopback(url.hostname))) {
      at.unsafe('http-issuer', `must be an https: URL, got ${given}.`);
    }
    return { issuer, origin: url.origin, mountPath, secure };
  };
}

function flawOf(value: string, url: URL): string {
  if (value.includes('#')) return 'a fragment';
  if (value.includes('?')) return 'a query';
  if (url.username || url.password) return 'a user name or password';
  if (value.endsWith('/')) return 'a trailing slash';
  return 'another spelling than URLs are compared by';
}
