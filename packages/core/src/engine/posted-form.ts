import type { Secrets } from '../secrets.js';

const label = 'posted-form';
const sealedQuery = /^posted=([\w-]+)$/;

// Sealed it is a third longer, and servers and proxies take request lines of 8 KB.
export const longestForm = 5800;

/**
 * The query of the GET that answers a POST. Threat: who posts an ID token or an e-mail address as a hint keeps it out of addresses,
 * and so out of histories, access logs and `Referer` headers; in clear it would be in all of them.
 */
export function sealForm(secrets: Secrets, path: string, params: string): string {
  return `posted=${secrets.seal(label, params, path)}`;
}

/** What was sealed for this path; any other query as it is. `undefined` for what is not ours, or of a secret that is gone. */
export function openForm(secrets: Secrets, path: string, query: string): string | undefined {
  const [, sealed] = sealedQuery.exec(query) ?? [];
  return sealed === undefined ? query : secrets.open(label, sealed, path);
}
