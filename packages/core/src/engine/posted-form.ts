import type { Secrets } from '../secrets.js';

const label = 'posted-form';
const sealedQuery = /^posted=([\w-]+)$/;
const dated = /^(\d+)\n(.*)$/;

// The browser comes with it at once. The rest is for a reload, a slow network, and the clock of another node.
const longestSeconds = 600;

// Sealed it is a third longer, and servers and proxies take request lines of 8 KB.
export const longestForm = 5800;

/**
 * The query of the GET that answers a POST. Threat: who posts an ID token or an e-mail address as a hint keeps it out of addresses,
 * and so out of histories, access logs and `Referer` headers; in clear it would be in all of them. Sealed, it would still be shown to
 * whoever opens an address from a log, on the login page: so it says when it was made.
 */
export function sealForm(secrets: Secrets, path: string, params: string, now: number): string {
  return `posted=${secrets.seal(label, `${now}\n${params}`, path)}`;
}

/** What was sealed for this path; any other query as it is. `undefined` for what is too old, not ours, or of a secret that is gone. */
export function openForm(
  secrets: Secrets,
  path: string,
  query: string,
  now: number,
): string | undefined {
  const [, sealed] = sealedQuery.exec(query) ?? [];
  if (sealed === undefined) return query;
  const [, made, params] = dated.exec(secrets.open(label, sealed, path) ?? '') ?? [];
  // A time to come is that of a node whose clock is ahead.
  return made !== undefined && Number(made) >= now - longestSeconds ? params : undefined;
}
