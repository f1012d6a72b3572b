import { isLoopback } from './clients.js';
import type { ClientOptions } from './options.js';

/** How people are named to a client (OpenID Connect Core §8). */
export type SubjectType = NonNullable<ClientOptions['subject_type']>;

type SectorMembers = Pick<ClientOptions, 'sector_identifier_uri' | 'redirect_uris'>;

/**
 * The sector of a client: clients of one sector know a person by one name. Nothing when its redirect URIs do not say.
 *
 * Threat: two apps that have nothing to do with each other, and could compare whom they know. A loopback address and a private-use
 * scheme are on everybody's device, so they are nobody's sector.
 *
 * @see [OpenID Connect Core §8.1](https://openid.net/specs/openid-connect-core-1_0.html#PairwiseAlg)
 */
export function sectorOf({
  sector_identifier_uri,
  redirect_uris = [],
}: SectorMembers): string | undefined {
  if (sector_identifier_uri !== undefined) return new URL(sector_identifier_uri).hostname;
  const [host = '', ...others] = sectorHosts(redirect_uris);
  return host === '' || others.length > 0 || isLoopback(host) ? undefined : host;
}

/** The hosts of redirect URIs, each once; `''` for those that have none. */
export function sectorHosts(redirectUris: readonly string[]): readonly string[] {
  return [...new Set(redirectUris.map(hostOf))];
}

// Threat: `com.evil.app://shop.example/` holds a host that the app only says.
function hostOf(uri: string): string {
  const { protocol, hostname } = new URL(uri);
  return /^https?:$/.test(protocol) ? hostname : '';
}
