import { fetchJson, type Transport } from './fetch-json.js';
import { urlProblem, wellKnownUrl } from './secure-url.js';

/** What the guard needs of RFC 8414 metadata. */
export interface ServerMetadata {
  readonly jwks_uri: string | undefined;
  readonly introspection_endpoint: string | undefined;
}

/** Loads the metadata of an issuer (RFC 8414 §3). */
export async function loadServerMetadata(
  issuer: string,
  transport: Transport,
): Promise<ServerMetadata> {
  // RFC 8414 §3.1: a slash at the end goes before the name is inserted.
  const url = wellKnownUrl(issuer.replace(/\/$/, ''), 'oauth-authorization-server').href;
  const document = await fetchJson(url, {}, transport);
  // RFC 8414 §3.3: another issuer's document, on a shared host say, would bring another issuer's keys.
  if (document.issuer !== issuer) throw new Error(`${url} is the metadata of another issuer`);
  return {
    jwks_uri: endpoint(document, 'jwks_uri'),
    introspection_endpoint: endpoint(document, 'introspection_endpoint'),
  };
}

function endpoint(document: Record<string, unknown>, name: string): string | undefined {
  const value = document[name];
  if (value === undefined) return undefined;
  const problem = urlProblem(value);
  if (problem !== undefined) throw new Error(`"${name}" in the metadata ${problem}`);
  return value as string;
}
