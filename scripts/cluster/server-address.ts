import type { ClientOptions } from '@gatehouse/core';
import type { Cluster } from './start-cluster.js';

/** Where a client finds its server. */
export type ServerAddress = Pick<Cluster, 'origin' | 'issuer' | 'config'>;

/** One node, past the socket. */
export function addressOf(cluster: Cluster, { origin }: Cluster['nodes'][number]): ServerAddress {
  return {
    origin,
    issuer: cluster.issuer.replace(cluster.origin, origin),
    config: cluster.config,
  };
}

/** A client that the server has from the start. */
export function clientOf({ config }: Pick<ServerAddress, 'config'>, id: string): ClientOptions {
  const client = config.clients.find(({ client_id }) => client_id === id);
  if (client === undefined) throw new RangeError(`there is no client ${id}`);
  return client;
}

/** Where a client is sent back to. */
export function redirectUriOf(server: ServerAddress, clientId: string): string {
  return clientOf(server, clientId).redirect_uris?.[0] ?? '';
}
