import { parseUrl } from '../app/parse-url.js';
import { type Check, list } from '../check.js';
import { isLoopback } from './clients.js';

interface Rule {
  readonly wrong: string;
  readonly fix: string;
  readonly isBroken: (uri: string, url: URL | undefined) => boolean;
}

const isWeb = (url: URL | undefined): boolean => /^https?:$/.test(url?.protocol ?? '');

// In this order, so that the first broken one is the most telling.
const rules: readonly Rule[] = [
  {
    wrong: 'must be an absolute URI',
    fix: 'Write it like "https://app.acme.example/callback".',
    // `localhost:3000/cb` is a URI with the scheme `localhost`, which nobody means.
    isBroken: (uri, url) => (!url && !uri.includes('*')) || /^[^/:]+:\d+(?:[/?#]|$)/.test(uri),
  },
  {
    wrong: 'must have 2000 characters at most',
    fix: 'Pass what it carries in the state parameter.',
    isBroken: (uri) => uri.length > 2000,
  },
  {
    wrong: 'must not hold spaces, control characters, backslashes or characters beyond ASCII',
    fix: 'Percent-encode them.',
    isBroken: (uri) => /[^\x21-\x7e]|\\/.test(uri),
  },
  {
    wrong: 'must not hold a wildcard',
    fix: 'List each redirect URI: they are compared as exact strings.',
    isBroken: (uri) => uri.includes('*'),
  },
  {
    wrong: 'must not have a fragment',
    fix: 'Leave out the # and what follows (RFC 6749 §3.1.2).',
    isBroken: (uri) => uri.includes('#'),
  },
  {
    wrong: 'must not hold a user name or password',
    fix: 'Leave out what stands before the @.',
    isBroken: (uri) => /^[^/?#]*:\/\/[^/?#]*@/.test(uri),
  },
  {
    wrong: 'must not have a scheme that runs or reads something in the browser',
    fix: 'Use https:.',
    isBroken: (uri) => /^(?:javascript|data|vbscript|file|blob):/i.test(uri),
  },
  {
    wrong: 'must have two slashes after its scheme',
    fix: 'Write it like "https://app.acme.example/callback".',
    isBroken: (uri, url) => isWeb(url) && !/^https?:\/\//i.test(uri),
  },
  {
    wrong: 'must be https:',
    fix: 'Only a loopback address like "http://127.0.0.1/callback" may be http: (RFC 8252 §7.3).',
    isBroken: (_uri, url) => url?.protocol === 'http:' && !isLoopback(url.hostname),
  },
  {
    wrong: 'must be https:, or have a private-use scheme with a dot',
    fix: 'Write a domain of yours the other way round, like "com.example.app:/callback" (RFC 8252 §7.1).',
    isBroken: (_uri, url) => !isWeb(url) && !url?.protocol.includes('.'),
  },
];

/**
 * Checks a redirect URI at registration: https:, loopback, or a private-use scheme with a dot.
 *
 * @see [RFC 8252 §7](https://www.rfc-editor.org/rfc/rfc8252.html#section-7)
 */
export const checkRedirectUri: Check<string> = (value, at) => {
  if (typeof value !== 'string') return at.problem(`must be a text, got ${at.show(value)}.`);
  const url = parseUrl(value);
  const rule = rules.find(({ isBroken }) => isBroken(value, url));
  return rule ? at.problem(`${rule.wrong}, got ${at.show(value)}. ${rule.fix}`) : value;
};

/** Redirect URIs of a member of a client, none of them twice. */
export function checkRedirectUris(member: string): Check<readonly string[]> {
  return (value, at) => {
    const uris = list(checkRedirectUri, "['https://app.acme.example/callback']")(value, at);
    for (const [index, uri] of uris?.entries() ?? []) {
      const first = uris?.indexOf(uri) ?? index;
      if (first !== index) at.at(index).problem(`repeats ${member}[${first}]. Remove one.`);
    }
    return uris;
  };
}
