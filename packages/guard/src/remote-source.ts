import { fetchJson } from './fetch-json.js';
import type { GuardSource } from './guard-source.js';
import { createIntrospector } from './introspector.js';
import { createRemoteDocument } from './remote-document.js';
import { createRemoteKeys, toKeySet } from './remote-keys.js';
import { checkRemoteSourceOptions, type RemoteSourceOptions } from './remote-source-options.js';
import { loadServerMetadata } from './server-metadata.js';

const metadataMaxAgeSeconds = 3600;

/**
 * Keys and introspection of an issuer elsewhere, found by its metadata. Nothing is loaded before the first token comes.
 *
 * @example
 * ```ts
 * const source = remoteSource({ issuer, introspection: { client_id: 'notes-api', client_secret } });
 * ```
 * @group resource
 * @see [RFC 8414 §3](https://www.rfc-editor.org/rfc/rfc8414.html#section-3)
 * @see [RFC 7662](https://www.rfc-editor.org/rfc/rfc7662.html)
 */
export function remoteSource(options: RemoteSourceOptions): GuardSource {
  checkRemoteSourceOptions(options);
  const { introspection, issuer, jwksUri } = options;
  const { cooldownSeconds = 10, fetch = globalThis.fetch, timeoutSeconds = 5 } = options;
  const transport = { fetch, timeoutSeconds };

  const metadata = createRemoteDocument({
    load: () => loadServerMetadata(issuer, transport),
    maxAgeSeconds: metadataMaxAgeSeconds,
    cooldownSeconds,
  });

  async function discover(name: 'jwks_uri' | 'introspection_endpoint'): Promise<string> {
    const url = (await metadata.get())[name];
    if (url === undefined) throw new Error(`the metadata of ${issuer} has no ${name}`);
    return url;
  }

  const keys = createRemoteDocument({
    load: async () =>
      toKeySet(await fetchJson(jwksUri ?? (await discover('jwks_uri')), {}, transport)),
    maxAgeSeconds: options.jwksMaxAgeSeconds ?? 600,
    cooldownSeconds,
  });
  const key = createRemoteKeys(keys);
  if (introspection === undefined) return { key };

  const introspect = createIntrospector({
    credential: introspection,
    endpoint: async () => introspection.endpoint ?? discover('introspection_endpoint'),
    cacheSeconds: options.introspectionCacheSeconds ?? 5,
    transport,
  });
  if (options.revocation === undefined) return { key, introspect };
  return {
    key,
    introspect,
    revoked: async (_claims, { token }) => (await introspect(token)) === undefined,
  };
}
