import type { Clock } from '../clock.js';
import type { Store } from '../store.js';
import type { Client, ClientDirectory } from './clients.js';
import { clientOfRecord } from './stored-client.js';

/** A directory that can be told that a client changed. */
export interface CachedClientDirectory extends ClientDirectory {
  forget(clientId: string): void;
}

/** What the directory reads from. */
export interface ClientDirectoryParts {
  readonly statics: ReadonlyMap<string, Client>;
  readonly store: Store;
  readonly clock: Clock;
  /** Every scope that a resource or a plugin declares. */
  readonly declared: readonly string[];
}

// A change reaches every node through the revocation feed within two seconds. This is for what the feed missed.
const longestSeconds = 60;
const mostClients = 1000;

/** Clients of the options first, then those of the store, cached. */
export function createClientDirectory(parts: ClientDirectoryParts): CachedClientDirectory {
  const { statics, store, clock, declared } = parts;
  const cache = new Map<string, { client: Client; until: number }>();

  return {
    forget: (clientId) => void cache.delete(clientId),
    async find(clientId) {
      const known = statics.get(clientId) ?? fresh(clientId);
      if (known) return known;
      const record = await store.find('Client', { id: clientId }, clock.now());
      const client = record && clientOfRecord(record, declared);
      // Unknown ids are not remembered: anybody can make them up, and a client that was just made must be found.
      if (client) remember(clientId, client);
      return client;
    },
  };

  function fresh(clientId: string): Client | undefined {
    const entry = cache.get(clientId);
    return entry && entry.until > clock.now() ? entry.client : undefined;
  }

  function remember(clientId: string, client: Client): void {
    cache.delete(clientId);
    cache.set(clientId, { client, until: clock.now() + longestSeconds });
    const [oldest] = cache.keys();
    if (cache.size > mostClients && oldest !== undefined) cache.delete(oldest);
  }
}
