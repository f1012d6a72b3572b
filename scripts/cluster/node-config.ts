import type { AppOptions, ClientOptions, IssueOptions, Store } from '@gatehouse/core';
import { faultyStore, type StoreFault } from './faulty-store.js';

/** Where a node keeps its records. */
export interface StoreConfig {
  readonly kind: 'memory' | 'mongo' | 'postgres';
  readonly uri: string;
  /** Begins the names of its tables or collections: nodes of one cluster have the same. */
  readonly prefix: string;
  /** A defect, for the test of an audit. */
  readonly fault?: StoreFault;
}

/** What a server process is started with. */
export interface NodeConfig {
  readonly issuer: string;
  readonly store: StoreConfig;
  readonly clients: readonly ClientOptions[];
  /** 0 takes a free one. */
  readonly port?: number;
  readonly issue?: IssueOptions & Pick<AppOptions, 'outbound'>;
  /** It speaks OpenID Connect. */
  readonly openid?: true;
  /** How long JWTs live. @default as the server has it */
  readonly jwtSeconds?: number;
}

/** Opens a store as {@link StoreConfig} says; the drivers are loaded by whoever needs them. */
export async function openStore({ fault, ...config }: StoreConfig): Promise<Store> {
  const store = await loadStore(config);
  return fault === undefined ? store : faultyStore(store, fault);
}

async function loadStore({ kind, uri, prefix }: StoreConfig): Promise<Store> {
  if (kind === 'mongo') {
    const { mongoStore } = await import('@gatehouse/store-mongo');
    return mongoStore({ uri, prefix });
  }
  if (kind === 'postgres') {
    const { postgresStore } = await import('@gatehouse/store-postgres');
    return postgresStore({ uri, prefix });
  }
  const { memoryStore } = await import('@gatehouse/store-memory');
  return memoryStore({ maxRecords: 10_000_000 });
}

/** The API whose access tokens are JWTs, and the one whose tokens are opaque. */
export const notes = 'https://api.test/notes';
export const ledger = 'https://api.test/ledger';

/** Clients that every cluster has: a public one and a confidential one of people, and a machine. */
export const clusterClients: readonly (ClientOptions & { client_id: string })[] = [
  {
    client_id: 'spa',
    client_name: 'Notes in the browser',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://spa.test/cb'],
    scope: 'notes:read ledger:read',
    firstParty: true,
  },
  {
    client_id: 'web',
    client_name: 'Web',
    client_secret: 'web-secret-0123456789-abcdefghijklmnop',
    redirect_uris: ['https://web.test/cb'],
    scope: 'notes:read ledger:read',
    firstParty: true,
  },
  {
    client_id: 'machine',
    client_secret: 'machine-secret-0123456789-abcdefghijkl',
    grant_types: ['client_credentials'],
    scope: 'notes:read ledger:read',
  },
];
