import { type GuardedFetch, OutboundError } from '../guarded-fetch.js';
import type { ClientOptions } from './options.js';

/**
 * What is wrong with what `sector_identifier_uri` leads to: a JSON list that the sector publishes of its clients' redirect URIs.
 *
 * Threat: a client that names the sector of others would know people by the `sub` that those know them by.
 *
 * @see [OpenID Connect Dynamic Client Registration §5](https://openid.net/specs/openid-connect-registration-1_0.html#SectorIdentifierValidation)
 */
export async function sectorProblem(
  {
    sector_identifier_uri: uri,
    redirect_uris = [],
  }: Pick<ClientOptions, 'sector_identifier_uri' | 'redirect_uris'>,
  fetch: GuardedFetch,
): Promise<string | undefined> {
  if (uri === undefined) return undefined;
  const listed = await load(uri, fetch);
  if (typeof listed === 'string') return `cannot be checked: ${listed}.`;
  const missing = redirect_uris.find((one) => !listed.includes(one));
  return missing === undefined
    ? undefined
    : `leads to a list without ${JSON.stringify(missing)}. Add it there: the sector says whose clients are its own.`;
}

async function load(uri: string, fetch: GuardedFetch): Promise<readonly unknown[] | string> {
  try {
    const { status, text } = await fetch(uri, { headers: { accept: 'application/json' } });
    if (status !== 200) return `it answers ${status}`;
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : 'it is no JSON list';
  } catch (error) {
    if (error instanceof OutboundError) return error.message;
    return 'it is no JSON list';
  }
}
