import type { ResolvedClient, ResolvedOptions } from '../resolved-options.js';
import { hashOf } from '../secrets.js';
import { type Client, clientOf } from './clients.js';

/**
 * The clients of the options, and the introspection credentials of the resources.
 *
 * @param pluginScopes scopes of plugins: a first-party client that named no scope gets them too
 */
export function staticClients(
  options: Pick<ResolvedOptions, 'clients' | 'resources'>,
  pluginScopes: readonly string[] = [],
): ReadonlyMap<string, Client> {
  const clients = new Map<string, Client>();
  for (const metadata of options.clients) {
    clients.set(metadata.client_id, fromOptions(metadata, pluginScopes));
  }
  for (const { identifier, introspection } of options.resources.values()) {
    if (!introspection) continue;
    const { client_id, client_secret, jwks } = introspection;
    const metadata: ResolvedClient = {
      client_id,
      ...(client_secret === undefined ? {} : { client_secret }),
      ...(jwks === undefined ? {} : { jwks }),
      token_endpoint_auth_method: jwks ? 'private_key_jwt' : 'client_secret_basic',
      redirect_uris: [],
      grant_types: [],
      scope: '',
      application_type: 'web',
      firstParty: false,
      rotate: true,
    };
    clients.set(client_id, { ...fromOptions(metadata, []), introspects: identifier });
  }
  return clients;
}

// The secret itself goes no further than this.
function fromOptions(
  { client_secret, everyScope, ...metadata }: ResolvedClient,
  pluginScopes: readonly string[],
): Client {
  const secrets = client_secret === undefined ? [] : [{ hash: hashOf(client_secret) }];
  const { scope, ...more } = metadata;
  const ceiling = everyScope ? [scope, ...pluginScopes].filter(Boolean).join(' ') : scope;
  return clientOf({ ...more, scope: ceiling }, secrets, 'static');
}
