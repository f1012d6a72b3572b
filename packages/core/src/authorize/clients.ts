import type { ClientView, Destination } from '../interaction/view.js';
import type { ResolvedClient } from '../resolved-options.js';
import { hashOf, isEqual } from '../secrets.js';

/** A client as the server knows it. */
export interface Client {
  readonly metadata: ResolvedClient;
  readonly view: ClientView;
  /** Space-separated `scope` as a set: the most that it can get. */
  readonly scopes: ReadonlySet<string>;
  readonly secrets: readonly ClientSecret[];
  /** Set for the credential of a resource: it introspects tokens of that resource, and does nothing else. */
  readonly introspects?: string;
}

/** Finds clients. */
export interface ClientDirectory {
  find(clientId: string): Promise<Client | undefined>;
}

/** A secret that a client may present. */
export interface ClientSecret {
  /** SHA-256, base64url: client secrets are long and random, so a slow hash would only slow the server down. */
  readonly hash: string;
  /** Epoch second from which it is refused. Absent: never. */
  readonly expiresAt?: number;
}

/**
 * Whether the secret is one of the client's. Threat: comparing secrets byte by byte tells how much of a guess was right; both
 * sides are hashed and compared in constant time.
 */
export function isClientSecret({ secrets }: Client, presented: string, now: number): boolean {
  const presentedHash = hashOf(presented);
  let found = false;
  for (const { hash, expiresAt } of secrets) {
    const isValid = expiresAt === undefined || expiresAt > now;
    found = (isEqual(hash, presentedHash) && isValid) || found;
  }
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

/** Makes a client of its checked metadata. */
export function clientOf(
  metadata: ResolvedClient,
  secrets: readonly ClientSecret[],
  source: ClientView['source'],
): Client {
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
      source,
    },
    scopes: new Set(metadata.scope.split(' ').filter(Boolean)),
    secrets,
  };
}
