import type { ClientView, Destination } from '../interaction/view.js';
import type { ResolvedClient, ResolvedOptions } from '../resolved-options.js';
import { hashOf, isEqual } from '../secrets.js';

/** A client as the server knows it. */
export interface Client {
  readonly metadata: ResolvedClient;
  readonly view: ClientView;
  /** Space-separated `scope` as a set: the most that it can get. */
  readonly scopes: ReadonlySet<string>;
  /** SHA-256 of accepted secrets. */
  readonly secretHashes: readonly string[];
  /** Set for the credential of a resource: it introspects tokens of that resource, and does nothing else. */
  readonly introspects?: string;
}

/** Finds clients. */
export interface ClientDirectory {
  find(clientId: string): Promise<Client | undefined>;
  /** Those that are known at start. */
  readonly all: readonly Client[];
}

/** The clients of the options, and the introspection credentials of the resources. */
export function createClientDirectory(options: ResolvedOptions): ClientDirectory {
  const clients = new Map<string, Client>();
  for (const metadata of options.clients) clients.set(metadata.client_id, clientOf(metadata));
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
    clients.set(client_id, { ...clientOf(metadata), introspects: identifier });
  }
  return {
    find: async (clientId) => clients.get(clientId),
    all: [...clients.values()],
  };
}

/**
 * Whether the secret is one of the client's. Threat: comparing secrets byte by byte tells how much of a guess was right; both
 * sides are hashed and compared in constant time.
 */
export function isClientSecret({ secretHashes }: Client, presented: string): boolean {
  const hash = hashOf(presented);
  let found = false;
  for (const known of secretHashes) found = isEqual(known, hash) || found;
  return found;
}

/** Where a redirect URI leads, in words that a person can check. */
export function destinationOf(redirectUri: string): Destination {
  const { protocol, hostname, host } = new URL(redirectUri);
  if (protocol !== 'https:' && protocol !== 'http:') {
    return { redirectUri, display: protocol.slice(0, -1), kind: 'private-use' };
  }
  if (isLoopback(hostname)) return { redirectUri, display: host, kind: 'loopback' };
  return { redirectUri, display: host, kind: protocol === 'https:' ? 'https' : 'http' };
}

/** Whether a host name stays on this machine (RFC 8252 §7.3, §8.3). */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function clientOf(metadata: ResolvedClient): Client {
  const { client_id, client_name, client_uri, logo_uri, policy_uri, tos_uri } = metadata;
  return {
    metadata,
    view: {
      client_id,
      ...(client_name === undefined ? {} : { client_name }),
      ...(client_uri === undefined ? {} : { client_uri }),
      ...(logo_uri === undefined ? {} : { logo_uri }),
      ...(policy_uri === undefined ? {} : { policy_uri }),
      ...(tos_uri === undefined ? {} : { tos_uri }),
      firstParty: metadata.firstParty,
      confidential: metadata.token_endpoint_auth_method !== 'none',
      source: 'static',
    },
    scopes: new Set(metadata.scope.split(' ').filter(Boolean)),
    secretHashes: metadata.client_secret === undefined ? [] : [hashOf(metadata.client_secret)],
  };
}
